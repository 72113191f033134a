//! What crosses the boundary, as the package's JavaScript has it, written with every build: the numbers (`engine/contract.js` those of a chat,
//! `engine/services-contract.js` those of the calls that load later), and `engine/contract.d.ts` with their types, the words and the records.

use openrouter_wire::interface::{Choice, Interface, Record, Words, comment};

use crate::event::Kind;
use crate::run::Action;
use crate::{
    account, answer, assemble, bill, budget, call, call_budget, calls, catalog, catalog_model, change, cost, decide, describe, embeddings,
    endpoints, error, finished_call, given, http, image, image_scan, media, model_ref, music, pkce, records, rerank, scan, search, speech,
    tool_call, transcript, transcription, unread_error, usage, video, video_job, video_models,
};

/// An enum that crosses as numbers: what its constants begin with, the name of its type, every variant.
type Numbers = (&'static str, &'static str, &'static [(&'static str, u8)]);

/// Those of a chat.
const NUMBERS: [Numbers; 2] = [("ACTION", "Action", Action::NAMES), ("KIND", "Kind", Kind::NAMES)];

/// Those of the other calls: in a file of their own, since a page that only chats would load them.
const SERVICES_NUMBERS: [Numbers; 4] = [
    ("LIST", "List", endpoints::List::NAMES),
    ("SEARCH", "SearchTransport", search::SearchTransport::NAMES),
    ("VIDEO_EVENT", "VideoEvent", video_job::VideoEvent::NAMES),
    ("VIDEO_ACTION", "VideoAction", video_job::VideoAction::NAMES),
];

/// Enums that cross as words.
pub const WORDS: [Choice; 9] = [
    records::CallVerdict::WORDS,
    cost::CostSource::WORDS,
    call::KeyNeed::WORDS,
    describe::Medium::WORDS,
    image::ImageEventKind::WORDS,
    media::KeyOwner::WORDS,
    search::KeySource::WORDS,
    unread_error::Place::WORDS,
    video::Phase::WORDS,
];

/// Every record.
pub const RECORDS: &[Interface] = &[
    account::AccountUsage::INTERFACE,
    account::BudgetLayer::INTERFACE,
    account::FreeRequests::INTERFACE,
    account::GenerationBill::INTERFACE,
    account::KeyBudget::INTERFACE,
    account::UsageCalls::INTERFACE,
    answer::Processing::INTERFACE,
    given::AudioDelta::INTERFACE,
    given::Citation::INTERFACE,
    assemble::Finish::INTERFACE,
    given::GivenImage::INTERFACE,
    assemble::Partial::INTERFACE,
    given::ResponseStart::INTERFACE,
    budget::Admission::INTERFACE,
    budget::BudgetLimits::INTERFACE,
    budget::GuardedSend::INTERFACE,
    call::CallPlan::INTERFACE,
    call_budget::CallAdmission::INTERFACE,
    call_budget::CallUnits::INTERFACE,
    call_budget::GuardedCall::INTERFACE,
    calls::ServicePlan::INTERFACE,
    bill::ServiceUsage::INTERFACE,
    catalog::CatalogList::INTERFACE,
    catalog::CatalogModel::INTERFACE,
    catalog_model::ListedModel::INTERFACE,
    catalog_model::ModelFacts::INTERFACE,
    catalog_model::ThinkingMenu::INTERFACE,
    change::ChangeKind::INTERFACE,
    change::ChangeRun::INTERFACE,
    change::CrossedChanges::INTERFACE,
    cost::BookedStep::INTERFACE,
    cost::BookedSteps::INTERFACE,
    cost::RunCost::INTERFACE,
    cost::StepCost::INTERFACE,
    cost::StepEstimate::INTERFACE,
    decide::DecisionAnswer::INTERFACE,
    decide::DecisionPlan::INTERFACE,
    decide::DecisionUsage::INTERFACE,
    describe::DescriptionAnswer::INTERFACE,
    embeddings::EmbeddingsAnswer::INTERFACE,
    endpoints::ListAnswer::INTERFACE,
    error::CrossedError::INTERFACE,
    finished_call::ToolCallEvent::INTERFACE,
    http::CacheNote::INTERFACE,
    image::ImageAnswer::INTERFACE,
    image::ImageEvent::INTERFACE,
    image::ImagePlan::INTERFACE,
    image::ReadImage::INTERFACE,
    bill::MediaBill::INTERFACE,
    image_scan::CrossedImageFacts::INTERFACE,
    transcript::images::OutsideMedia::INTERFACE,
    model_ref::ParsedModelRef::INTERFACE,
    music::MusicEvent::INTERFACE,
    music::MusicPlan::INTERFACE,
    pkce::Secrets::INTERFACE,
    http::described::DescribedRequest::INTERFACE,
    http::described::Outside::INTERFACE,
    http::described::RequestNotes::INTERFACE,
    records::Attempt::INTERFACE,
    records::CallTools::INTERFACE,
    records::CoolDown::INTERFACE,
    records::Fallback::INTERFACE,
    records::NextSend::INTERFACE,
    records::PlannedCall::INTERFACE,
    records::Retry::INTERFACE,
    records::RunFailure::INTERFACE,
    transcript::repair::RepairAnswer::INTERFACE,
    transcript::repair::RepairRequest::INTERFACE,
    rerank::RankedDocument::INTERFACE,
    rerank::RerankAnswer::INTERFACE,
    scan::ScanCandidate::INTERFACE,
    scan::ScanCandidates::INTERFACE,
    scan::ScanClaims::INTERFACE,
    scan::ScanCounts::INTERFACE,
    scan::ScanRanking::INTERFACE,
    scan::ScanSettings::INTERFACE,
    search::SearchAnswer::INTERFACE,
    search::SearchHit::INTERFACE,
    search::SearchPlan::INTERFACE,
    search::SearchRefusal::INTERFACE,
    speech::SpeechHead::INTERFACE,
    speech::SpeechPlan::INTERFACE,
    tool_call::ToolCallStart::INTERFACE,
    tool_call::UnfinishedCall::INTERFACE,
    transcript::transcript_text::SanitizedTranscript::INTERFACE,
    transcription::TranscriptionAnswer::INTERFACE,
    transcription::TranscriptionPlan::INTERFACE,
    unread_error::CrossedUnreadError::INTERFACE,
    usage::CrossedUsage::INTERFACE,
    video::VideoAnswer::INTERFACE,
    video::VideoBill::INTERFACE,
    video::VideoProblem::INTERFACE,
    video::VideoReadPlan::INTERFACE,
    video::VideoSubmitPlan::INTERFACE,
    video::VideoTicketPlan::INTERFACE,
    video_job::VideoStep::INTERFACE,
    video_job::VideoWait::INTERFACE,
    video_models::VideoModel::INTERFACE,
];

/// The text of `engine/contract.js`: `export const ACTION_READ = 0;` and so on, one constant each, which a minifier puts where it is used.
pub fn javascript() -> String {
    constants(&NUMBERS, "export const ", " = ")
}

/// The text of `engine/services-contract.js`.
pub fn services_javascript() -> String {
    constants(&SERVICES_NUMBERS, "export const ", " = ")
}

/// The types of `engine/services-contract.js`.
pub fn services_typescript() -> String {
    constants(&SERVICES_NUMBERS, "export declare const ", ": ")
}

fn constants(numbers: &[Numbers], before: &str, between: &str) -> String {
    let mut out = String::from("// Written by the build from src/contract.rs: the numbers that cross the boundary.\n");
    for (what, _, names) in numbers {
        out.push('\n');
        for (name, number) in *names {
            out.push_str(&format!("{before}{what}{}{between}{number};\n", upper(name)));
        }
    }
    out
}

/// The types of `engine/contract.js`: a constant's is its number, so that one of another enum is an error; the records are what `JSON.parse`
/// gives.
pub fn typescript() -> String {
    let mut out = constants(&NUMBERS, "export declare const ", ": ");
    out.push_str("\nimport type * as api from \"../index.js\";\n\n");
    out.push_str(&comment("", &["JSON text that stands for a `T`: reading it is typed at no cost."]));
    out.push_str("export type Json<T> = string & { readonly __json: T };\n");
    for (_, type_name, names) in NUMBERS.iter().chain(&SERVICES_NUMBERS) {
        let numbers: Vec<String> = names.iter().map(|(_, number)| number.to_string()).collect();
        out.push_str(&format!("\nexport type {type_name} = {};\n", numbers.join(" | ")));
    }
    for words in WORDS {
        out.push('\n');
        out.push_str(&words.to_typescript());
    }
    for record in RECORDS {
        out.push('\n');
        out.push_str(&record.to_typescript());
    }
    out
}

/// `OpenObject` as `_OPEN_OBJECT`.
fn upper(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(letter.to_ascii_uppercase());
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
mod tests {
    use super::*;
    use std::fs;
    use std::path::{Path, PathBuf};

    #[test]
    fn every_number_has_a_name() {
        let text = javascript();
        for line in ["export const ACTION_READ = 0;", "export const ACTION_REPAIR = 5;", "export const KIND_APPEND_STRING = 21;"] {
            assert!(text.lines().any(|held| held == line), "{line}: {text}");
        }
        let types = typescript();
        for line in ["export declare const ACTION_READ_ERROR: 6;", "export type List = 0 | 1 | 2 | 3;", "export interface CallPlan {"] {
            assert!(types.lines().any(|held| held == line), "{line}: {types}");
        }
    }

    #[test]
    fn whatever_is_declared_is_in_the_contract() {
        let known: Vec<&str> = RECORDS
            .iter()
            .map(|record| record.name)
            .chain(WORDS.iter().map(|words| words.name))
            .chain(NUMBERS.iter().chain(&SERVICES_NUMBERS).map(|(_, name, _)| *name))
            .collect();
        let mut files = Vec::new();
        rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
        let mut count = 0;
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            for macro_name in ["record! {", "worded! {", "numbered! {"] {
                for declared in code.split(macro_name).skip(1).filter(|declared| declared.starts_with('\n')) {
                    let head = declared.lines().map(str::trim).find(|line| line.starts_with("pub "));
                    let Some(head) = head else { continue };
                    let name = head.split([' ', '<', ':']).nth(2).unwrap();
                    count += 1;
                    assert!(known.contains(&name), "{}: {name} is in no list of src/contract.rs", file.display());
                }
            }
        }
        assert_eq!(count, known.len(), "so many are declared, so many are listed");
    }

    fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                rust_files(&path, files);
            } else if path.extension().is_some_and(|end| end == "rs") {
                files.push(path);
            }
        }
    }
}
