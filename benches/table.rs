//! Prints the figures of a load: each round as it ends, then medians and ratios.
//!
//! It must not know what the figures mean. Why ratios of pairs and not of medians: the two
//! servers of a round ran one right after the other, so that a slow minute of the machine is in
//! both and cancels out; the smallest and the largest ratio show what it did not cancel.

pub struct Column {
    pub title: &'static str,
    pub decimals: usize,
    /// Whether the ratio of two servers says something.
    pub compared: bool,
}

pub const fn compared(title: &'static str, decimals: usize) -> Column {
    Column { title, decimals, compared: true }
}

pub const fn told(title: &'static str, decimals: usize) -> Column {
    Column { title, decimals, compared: false }
}

const LABEL_WIDTH: usize = 24;
const CELL_WIDTH: usize = 15;

pub struct Table {
    columns: &'static [Column],
    rows: Vec<Row>,
}

struct Row {
    round: usize,
    label: String,
    figures: Vec<f64>,
}

impl Table {
    /// Prints the title and the head.
    pub fn begin(title: &str, columns: &'static [Column]) -> Self {
        println!("\n{title}");
        let head: String = columns.iter().map(|column| format!("{:>CELL_WIDTH$}", column.title)).collect();
        println!("{:6} {:<LABEL_WIDTH$}{head}", "round", "server");
        Self { columns, rows: Vec::new() }
    }

    /// Prints a row; `figures` are in the order of the columns.
    pub fn row(&mut self, round: usize, label: &str, figures: Vec<f64>) {
        self.print(&round.to_string(), label, &figures);
        self.rows.push(Row { round, label: label.to_owned(), figures });
    }

    /// Prints the median of each label's rounds.
    pub fn medians(&self) {
        let mut labels: Vec<&str> = Vec::new();
        for row in &self.rows {
            if !labels.contains(&row.label.as_str()) {
                labels.push(&row.label);
            }
        }
        for label in labels {
            let medians: Vec<f64> = (0..self.columns.len())
                .map(|column| {
                    let rows = self.rows.iter().filter(|row| row.label == label);
                    median(rows.map(|row| row.figures[column]).collect())
                })
                .collect();
            self.print("median", label, &medians);
        }
    }

    /// Prints `subject` / `baseline` over the pairs of the rounds: median, smallest, largest.
    pub fn ratios(&self, subject: &str, baseline: &str) {
        let label = format!("{subject} / {baseline}");
        let ratios: Vec<Vec<f64>> =
            (0..self.columns.len()).map(|column| self.pairs(column, subject, baseline)).collect();
        for (name, choose) in [("ratio", median as fn(Vec<f64>) -> f64), ("min", smallest), ("max", largest)]
        {
            let cells: String = self
                .columns
                .iter()
                .zip(&ratios)
                .map(|(column, ratios)| {
                    if column.compared && !ratios.is_empty() {
                        format!("{:>CELL_WIDTH$.3}", choose(ratios.clone()))
                    } else {
                        " ".repeat(CELL_WIDTH)
                    }
                })
                .collect();
            println!("{}", format!("{name:6} {label:<LABEL_WIDTH$}{cells}").trim_end());
        }
    }

    fn pairs(&self, column: usize, subject: &str, baseline: &str) -> Vec<f64> {
        let of = |label: &str, round| {
            self.rows
                .iter()
                .find(|row| row.label == label && row.round == round)
                .map(|row| row.figures[column])
        };
        let last = self.rows.iter().map(|row| row.round).max().unwrap_or(0);
        (1..=last).filter_map(|round| Some(of(subject, round)? / of(baseline, round)?)).collect()
    }

    fn print(&self, round: &str, label: &str, figures: &[f64]) {
        let cells: String = self
            .columns
            .iter()
            .zip(figures)
            .map(|(column, figure)| format!("{figure:>CELL_WIDTH$.*}", column.decimals))
            .collect();
        println!("{round:6} {label:<LABEL_WIDTH$}{cells}");
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => values[odd / 2],
        even => (values[even / 2 - 1] + values[even / 2]) / 2.0,
    }
}

fn smallest(values: Vec<f64>) -> f64 {
    values.into_iter().fold(f64::NAN, f64::min)
}

fn largest(values: Vec<f64>) -> f64 {
    values.into_iter().fold(f64::NAN, f64::max)
}
