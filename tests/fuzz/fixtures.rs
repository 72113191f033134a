//! What was once found, and what the search begins with.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use openrouter_fuzz::{TARGETS, root, seeds};

#[test]
fn whatever_was_found_holds_and_so_does_what_the_search_begins_with() {
    for target in TARGETS {
        // The recordings are read when the search begins, by a faster build.
        let seeds = seeds(target.name, false);
        assert!(seeds.len() >= 3, "{} has nothing to begin with", target.name);
        for (name, bytes) in &seeds {
            println!("{}: {name}", target.name);
            (target.check)(bytes);
            for end in [bytes.len() / 3, bytes.len() / 2, bytes.len().saturating_sub(1)] {
                println!("{}: {name} up to {end}", target.name);
                (target.check)(&bytes[..end]);
            }
        }
        println!("{}: {} inputs", target.name, seeds.len());
    }
}

#[test]
fn every_folder_of_fixtures_is_a_targets() {
    for entry in std::fs::read_dir(root().join("fixtures")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(TARGETS.iter().any(|target| target.name == name), "{name}");
    }
}
