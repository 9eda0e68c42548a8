//! Playing a script in a world, and saying what differs.
//!
//! Knows no world from inside. Why each person is compared alone: who is told
//! first of two is not part of the contract, what each is told is.

use std::collections::BTreeMap;

use super::pattern::{self, matches};
use super::script::{Expected, Scene, Script, Step};

/// Something in which scripts are played.
pub trait World {
    /// Does it, and gives all that came of it to anybody, each as `(who, item)`.
    /// `expected` is what a world that takes time should wait for.
    fn perform(&mut self, step: &Step, expected: &[Expected]) -> Vec<(String, String)>;

    /// Looks at what is left when the script is over; what it gives should not have come.
    fn finish(&mut self) -> Vec<(String, String)>;
}

/// All that came after each scene.
pub type Came = Vec<Vec<(String, String)>>;

/// Plays every scene. The last entry is what came when all was over.
pub fn play(script: &Script, world: &mut dyn World) -> Came {
    let mut came: Came = Vec::new();
    for scene in &script.scenes {
        let step = with_tokens(&scene.step, &came);
        came.push(world.perform(&step, &scene.expected));
    }
    came.push(world.finish());
    came
}

/// What is sent, with the newest token of somebody where `{resume:who}` or `{token:who}` stands, and the
/// id of the room they were told of last where `{room:who}` does.
fn with_tokens(step: &Step, came: &Came) -> Step {
    let Step::Send { who, bytes, typed } = step else { return step.clone() };
    let Ok(mut text) = String::from_utf8(bytes.clone()) else { return step.clone() };
    for (hole, field) in
        [("{resume:", "\"resume\":\""), ("{token:", "\"token\":\""), ("{room:", "\"roomId\":\"")]
    {
        while let Some((before, rest)) = text.split_once(hole) {
            let (whose, after) = rest.split_once('}').expect("{resume:who} ends with a brace");
            let items = came.iter().rev().flat_map(|scene| scene.iter().rev());
            let told = items.filter(|(who, _)| who == whose).find_map(|(_, item)| {
                let (_, told) = item.split_once(field)?;
                told.split_once('"').map(|(told, _)| told)
            });
            text = format!("{before}{}{after}", told.expect("it was told before"));
        }
    }
    Step::Send { who: who.clone(), bytes: text.into_bytes(), typed: *typed }
}

/// The differences between a script and what came, each a paragraph with file and line.
pub fn differences(script: &Script, came: &Came) -> Vec<String> {
    let mut found = Vec::new();
    let file = script.path.display();
    for (scene, came) in script.scenes.iter().zip(came) {
        for what in compare(scene, came) {
            found.push(format!("{file}:{what}"));
        }
    }
    for (who, item) in came.last().into_iter().flatten() {
        found.push(format!("{file}: at the end {who} got what nobody expected:\n  came      {who}{item}"));
    }
    found
}

fn compare(scene: &Scene, came: &[(String, String)]) -> Vec<String> {
    let mut people: Vec<&String> = scene.expected.iter().map(|one| &one.who).collect();
    people.extend(came.iter().map(|(who, _)| who));
    people.sort_unstable();
    people.dedup();
    let mut found = Vec::new();
    for who in people {
        let mut items = came.iter().filter(|(one, _)| one == who).map(|(_, item)| item).peekable();
        for one in scene.expected.iter().filter(|one| one.who == *who) {
            let (text, count) = pattern::split_count(&one.text);
            for _ in 0..count {
                match items.next() {
                    Some(item) if matches(text, item) => {}
                    Some(item) => {
                        found.push(format!(
                            "{}: {who} got something else\n  expected  {who}{text}\n  came      {who}{item}",
                            one.line
                        ));
                        break;
                    }
                    None => {
                        found.push(format!("{}: {who} got nothing\n  expected  {who}{text}", one.line));
                        break;
                    }
                }
            }
        }
        for item in items {
            found.push(format!("{}: {who} got more than expected\n  came      {who}{item}", scene.line));
        }
    }
    found
}

/// The script with what came as its expected lines; a line that still fits stays as it is.
pub fn rewrite(script: &Script, came: &Came) -> String {
    let stamps = script.runs_live();
    let mut order: BTreeMap<&str, usize> = BTreeMap::new();
    let mut fresh = Vec::new();
    for (scene, came) in script.scenes.iter().zip(came) {
        for (who, _) in came {
            let next = order.len();
            order.entry(who).or_insert(next);
        }
        let mut sorted: Vec<&(String, String)> = came.iter().collect();
        sorted.sort_by_key(|(who, _)| order[who.as_str()]);
        fresh.push(lines(scene, &sorted, stamps));
    }
    script.rewritten(&fresh)
}

fn lines(scene: &Scene, came: &[&(String, String)], stamps: bool) -> Vec<String> {
    let mut written: Vec<(String, usize)> = Vec::new();
    let mut used: Vec<usize> = Vec::new();
    for (who, item) in came {
        let fits = |one: &&Expected| {
            one.who == *who && matches(pattern::split_count(&one.text).0, item) && !used.contains(&one.line)
        };
        let kept = scene.expected.iter().find(fits);
        let text = match kept {
            Some(one) => pattern::split_count(&one.text).0.to_owned(),
            None => pattern::generalise(item, stamps),
        };
        if let Some(one) = kept.filter(|one| one.count() == 1) {
            used.push(one.line);
        }
        let line = format!("{who}{text}");
        match written.last_mut() {
            Some((last, count)) if *last == line => *count += 1,
            Some(_) | None => written.push((line, 1)),
        }
    }
    // A few equal lines are read more easily than counted.
    let spelled = |(line, count): (String, usize)| match count {
        0..=3 => vec![line; count],
        _more => vec![format!("{line} {{×{count}}}")],
    };
    written.into_iter().flat_map(spelled).collect()
}
