//! Every kind of fact that the log tells, with the id by which the journal finds it.
//!
//! It must not know what a fact's line says: that stands where it happens.
//!
//! Why the ids are fixed: `journalctl MESSAGE_ID=…`, alarms and the catalog of explanations outlive
//! every wording and every version. What a fact means and what to do stands in
//! `packaging/chatd.catalog`, which a test holds to this table.

/// One kind of fact.
#[derive(Debug, PartialEq, Eq)]
pub struct Fact {
    /// The word for it: `fact = "kicked"` at the call, `CHATD_FACT=kicked` in the journal.
    pub word: &'static str,
    /// The journal's `MESSAGE_ID`, drawn once by chance and never given to another fact.
    pub id: u128,
    pub pace: Pace,
}

/// How many lines of one kind are told in a second; the others are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Strangers can cause as many as they like: one is told.
    Crowd,
    /// Admins and the machine cause it.
    Deed,
}

/// In the order of a daemon's life, as the catalogs and docs/admin.md have them.
pub const FACTS: [Fact; 57] = [
    deed("starting", 0x719a2e0ef1be4403886aef906f8d970a),
    deed("upgraded", 0x9e901fb6963345caa52f85dbe5ad7f1d),
    deed("opened", 0x5b47b2447429427bb3be55105d59f7fc),
    deed("ready", 0x0d9fba9345814ac4b0ed4146ab222b23),
    deed("few_descriptors", 0x4cce9c1ccace41dc94bea9e560417967),
    deed("socket_unit", 0xb597ebd44b864584b108c4f4c7b5d8ae),
    deed("socket_unused", 0x881bc7cdce674bef9beae211c05ec227),
    deed("manager_unreached", 0xa127cfa7bbc740aa98b15086ecadb097),
    deed("zone_gone", 0xd14c95f0be2e479da84054c52740e01a),
    crowd("came", 0x56e359286a4846a48fe2675a2c25cef5),
    crowd("back", 0xa8e51c02e49246c5b4e8c71dd8c58b8d),
    crowd("left", 0xec2601397fa0404e809fb065e24bbc80),
    crowd("refused", 0x7d3f9a9d5d5044afbfc3f12d6455ee15),
    crowd("turned_away", 0x6561c66475904e03b7703d28521409b3),
    crowd("room_created", 0xf2a63b04985a4cf3a0a0f313ad73b182),
    crowd("room_closed", 0xe6f56569265e4d4890ebdcff3c1c9c16),
    deed("kicked", 0x02eb41edd355428db74eda9065005137),
    deed("banned", 0x4bcc5855be484ddeb0cf2c295b6b82b4),
    deed("muted", 0x29a2c815a23f412e9d576fce3bd615b0),
    deed("lifted", 0x90ed2bd2432d4790bc88930d93d99615),
    deed("commanded", 0x7796dad550974621b7811eabb2b56df2),
    deed("schedule_missed", 0xc6bacaaf8a444ff2a8aec46797bb44e5),
    deed("reloaded", 0xb2ae1c4b3491424f806a648a9b6c291a),
    deed("restart_needed", 0xeb6c8f7ac7274caaacdc06a8e2a960fe),
    deed("reload_refused", 0x8eeb7833c15141328ed5108d0fcf9284),
    deed("trial_over", 0x1c803e44ad254c45a6f2d78475db6a9d),
    deed("config_back", 0x0d42ba11257247ae89989a3c8b850630),
    deed("config_stays", 0xc742c74aa1e848bcb179d704b4455468),
    deed("degraded", 0x88c55c634c644c32907631ac98143c01),
    deed("stalled", 0x008493684658415e9098793c46a5b0ae),
    deed("recovered", 0x661e68cdd729416e8ae21b3829137908),
    deed("reopened", 0x193b2dcfae7f4a088e54d1d4543b2cf7),
    deed("unread", 0x84819ce5dd1548568901f497a2f915e3),
    deed("index_behind", 0x62cd7fc1c87a407aaebbf32001923800),
    deed("lock_patience", 0x7456f8d9efc84ad0833cf69581aa9e33),
    deed("expired", 0xc3eec23728fe4aedb1213c2f9d9ae889),
    deed("expiry_failed", 0x3f1a0daccc5c4fc28520075381806833),
    deed("anchor", 0xba304f4b6bb2439bb194480bde9d9275),
    deed("backup_made", 0xdbd8243d76c2474c85ae6d8522686fe5),
    deed("backup_failed", 0xa5312ba8172745499f22640c0015fad1),
    deed("leftover", 0xdce34667fc604d3ebdab6d539facf570),
    deed("file_left", 0x271b9aeed9384dbe9857d4d1f87ae2db),
    deed("no_descriptor", 0x09b0e33463114f84b2f6e3891b14087c),
    deed("descriptors_free", 0xfee907eeb7894f12b49fdc78dc64b7e9),
    crowd("accept_failed", 0xacf00bd2fa17488ebfbcd2bff8c4a671),
    crowd("connection_failed", 0xae9c517e73084d898b522a776e4f27a0),
    deed("listener_failed", 0x4615050f4ebc435f9aaa7c7156cebb0f),
    deed("paused", 0xbac11873f6e3458c9437913a5cb963da),
    deed("wake_failed", 0x23ca3614b55a4951800d52d351e5c0c3),
    deed("status", 0xde7e68e99c73494db860b6b7259e22c3),
    deed("lines_lost", 0x69ebb2cd36d14b79bb15ab7a7be85625),
    deed("log_unheard", 0x48ad1487479b495caab4fea7245c1448),
    deed("stopping", 0x2f56dfa8ff4e40d19530d05a85402a91),
    deed("stopping_now", 0x45b25b7adadb424b970baa83ec3c54c9),
    deed("people_told", 0x4ca9b266e75245ac960e17704f095ad9),
    deed("closed", 0x25d09cc2250f4359aa73e9f0db13be1f),
    deed("not_closed", 0xe11001ca5bea4a759d47670031da627f),
];

const fn crowd(word: &'static str, id: u128) -> Fact {
    Fact { word, id, pace: Pace::Crowd }
}

const fn deed(word: &'static str, id: u128) -> Fact {
    Fact { word, id, pace: Pace::Deed }
}

/// The fact of this word.
pub fn fact(word: &str) -> Option<&'static Fact> {
    FACTS.iter().find(|fact| fact.word == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_word_and_no_id_stands_for_two() {
        assert_eq!(FACTS.iter().map(|fact| fact.word).collect::<BTreeSet<_>>().len(), FACTS.len());
        assert_eq!(FACTS.iter().map(|fact| fact.id).collect::<BTreeSet<_>>().len(), FACTS.len());
    }

    #[test]
    fn a_fact_is_found_by_its_word() {
        assert_eq!(fact("kicked").map(|fact| fact.pace), Some(Pace::Deed));
        assert_eq!(fact("refused").map(|fact| fact.pace), Some(Pace::Crowd));
        assert_eq!(fact("nothing"), None);
    }
}
