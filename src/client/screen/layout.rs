//! Where everything is on a screen of any size.
//!
//! Knows nothing of what is there. Why things disappear in this order: on a small screen what is
//! said and what one writes are worth more than all that is around them.

use jiff::tz::TimeZone;
use ratatui::layout::Rect;

use super::scrollback::Glass;

/// The parts of the screen; those for which there is no room are empty.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Layout {
    pub topic: Rect,
    pub rooms: Rect,
    /// The times of the lines.
    pub times: Rect,
    pub log: Rect,
    pub members: Rect,
    pub transfers: Rect,
    pub status: Rect,
    pub composer: Rect,
    pub hints: Rect,
}

/// What wants how much.
#[derive(Clone, Copy, Debug)]
pub struct Needs {
    pub composer_rows: usize,
    pub transfers: usize,
    /// Columns of the longest name.
    pub rooms: usize,
    /// None: the list is not wanted.
    pub members: Option<usize>,
}

/// Below these many columns the lists are left out.
const ROOMS_FROM: u16 = 60;
const MEMBERS_FROM: u16 = 90;
/// Columns of a list, its edge included.
const LIST_MIN: u16 = 12;
const LIST_MAX: u16 = 24;
/// Columns of `15:30 `, and of the log beside it at the least.
const TIME: u16 = 6;
const LOG_MIN: u16 = 24;

/// Rows that the composer may take of so many.
pub fn composer_rows(height: u16, wanted: usize) -> u16 {
    u16::try_from(wanted).unwrap_or(u16::MAX).clamp(1, (height / 3).max(1))
}

impl Layout {
    pub fn of(area: Rect, needs: &Needs) -> Layout {
        let mut rest = area;
        let hints = below(&mut rest, u16::from(area.height >= 8));
        let composer = below(&mut rest, composer_rows(area.height, needs.composer_rows));
        let status = below(&mut rest, u16::from(area.height >= 3));
        let quarter = usize::from(rest.height / 4);
        let transfers = u16::try_from(needs.transfers.min(quarter)).unwrap_or(0);
        let transfers = below(&mut rest, transfers);
        let topic = Rect { height: u16::from(area.height >= 5), ..rest };
        (rest.y, rest.height) = (rest.y + topic.height, rest.height - topic.height);
        let list = |columns: usize| u16::try_from(columns + 2).unwrap_or(LIST_MAX).clamp(LIST_MIN, LIST_MAX);
        let rooms = if area.width < ROOMS_FROM { 0 } else { list(needs.rooms) };
        let members = needs.members.filter(|_| area.width >= MEMBERS_FROM).map_or(0, list);
        let rooms = Rect { width: rooms, ..rest };
        let members = Rect { x: rest.right() - members, width: members, ..rest };
        let middle = rest.width - rooms.width - members.width;
        let times = if middle < TIME + LOG_MIN { 0 } else { TIME };
        let times = Rect { x: rooms.right(), width: times, ..rest };
        let log = Rect { x: times.right(), width: middle - times.width, ..rest };
        Layout { topic, rooms, times, log, members, transfers, status, composer, hints }
    }

    /// Through what the log is looked at.
    pub fn glass<'a>(&self, zone: &'a TimeZone) -> Glass<'a> {
        Glass { columns: self.log.width.into(), rows: self.log.height.into(), zone }
    }
}

/// Cuts rows off the bottom, as many as there are.
fn below(rest: &mut Rect, rows: u16) -> Rect {
    let rows = rows.min(rest.height);
    rest.height -= rows;
    Rect { y: rest.bottom(), height: rows, ..*rest }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_cell_belongs_to_one_part(
            (width, height) in (0u16..150, 0u16..50),
            (composer_rows, transfers, rooms) in (0usize..30, 0usize..9, 0usize..40),
            members in proptest::option::of(0usize..40),
        ) {
            let area = Rect::new(0, 0, width, height);
            let layout = Layout::of(area, &Needs { composer_rows, transfers, rooms, members });
            let Layout { topic, rooms, times, log, members, transfers, status, composer, hints } = layout;
            let parts = [topic, rooms, times, log, members, transfers, status, composer, hints];
            let cells: u32 = parts.iter().map(|part| part.area()).sum();
            prop_assert_eq!(cells, area.area());
            prop_assert!(parts.iter().all(|part| area.intersection(*part).area() == part.area()));
            prop_assert!(height == 0 || composer.height > 0);
            prop_assert!(height < 2 || log.height > 0);
        }
    }
}
