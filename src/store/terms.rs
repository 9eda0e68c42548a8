//! Which words of a search the index is asked for.
//!
//! Reads no text: whatever the index finds is looked at again. Why not simply all words: the index
//! steps through each of them, and one that is nearly everywhere, as the room is or "the", costs
//! more there than to look at the few texts that the rare ones leave.

use rusqlite::{Connection, params};

use super::index::{from_word, room_word};
use crate::core::entry::SearchQuery;
use crate::limits::{SEARCH_SAMPLE_HITS, SEARCH_SAMPLE_IDS, SEARCH_THIN_ENOUGH};

/// What FTS5 is asked about messages before `end`: quoted words of ours alone, so nothing that was
/// typed is its syntax.
pub fn expression(
    connection: &Connection,
    asked: &SearchQuery,
    room: Option<i64>,
    end: i64,
) -> rusqlite::Result<String> {
    let room = room.map(|room| format!("\"{}\"", room_word(room)));
    let from = asked.from.as_ref().map(|nick| format!("\"{}\"", from_word(nick)));
    let keys = asked.wanted.terms.iter().filter_map(|term| term.key()).map(|key| {
        let star = if key.prefix { " *" } else { "" };
        format!("\"{}\"{star}", key.words.join(" "))
    });
    let terms = keys.chain(from).chain(room);
    let mut measured = terms
        .map(|term| Ok((distance(connection, &term, end)?, term)))
        .collect::<rusqlite::Result<Vec<_>>>()?;
    measured.sort_by_key(|(distance, _)| std::cmp::Reverse(*distance));
    let mut thinned = 1;
    let mut chosen = Vec::new();
    for (distance, term) in measured {
        if thinned >= SEARCH_THIN_ENOUGH {
            break;
        }
        // The rarest one is what the others thin out.
        if !chosen.is_empty() {
            thinned = thinned.saturating_mul(distance);
        }
        chosen.push(term);
    }
    Ok(chosen.join(" AND "))
}

/// How many messages there are for each that has it, among the newest.
fn distance(connection: &Connection, term: &str, end: i64) -> rusqlite::Result<i64> {
    let first = end - SEARCH_SAMPLE_IDS;
    let sql = "SELECT COUNT(*), MIN(rowid) FROM (
                   SELECT rowid FROM search WHERE search MATCH ?1 AND rowid >= ?2 AND rowid < ?3
                   ORDER BY rowid DESC LIMIT ?4)";
    let (hits, reached): (i64, Option<i64>) = connection
        .prepare_cached(sql)?
        .query_row(params![term, first, end, SEARCH_SAMPLE_HITS], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let reached = reached.filter(|_| hits == SEARCH_SAMPLE_HITS).unwrap_or(first);
    Ok((end - reached) / hits.max(1))
}
