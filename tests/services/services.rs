//! What the calls send that ask for no text, and how their answers are read (additions 1 to 3).

use openrouter_wasm::config::ClientConfig;
use openrouter_wasm::describe::Medium;
use openrouter_wasm::endpoints::List;
use openrouter_wasm::record::Writes;
use openrouter_wasm::upstream_error::Now;
use openrouter_wasm::value::Value;
use openrouter_wasm::{call_budget, decide, describe, embeddings, endpoints, rerank};

const NOW: Now = Now { epoch_ms: || 0.0, parse_date: |_| None };

fn config(text: &str) -> ClientConfig {
    ClientConfig::parse(text).unwrap()
}

/// URL, body and key of a plan.
fn sent(plan: &str) -> (String, String, String) {
    let plan = Value::parse(plan).unwrap();
    let call = plan.get("call").unwrap();
    (call.get_str("url").unwrap(), call.get_str("body").unwrap_or_default(), plan.get_str("key").unwrap_or_default())
}

#[test]
fn embeddings_ask_for_base64_and_name_only_what_is_set() {
    let table = [
        (r#"{"model":"openrouter/openai/e","input":"@"}"#, r#"{"model":"openai/e","input":"@","encoding_format":"base64"}"#),
        (
            r#"{"model":"e","input":"@","dimensions":256,"inputType":" search_query ","encodingFormat":"float","user":"u"}"#,
            r#"{"model":"e","input":"@","dimensions":256,"input_type":"search_query","encoding_format":"float","user":"u"}"#,
        ),
        (
            r#"{"model":"e","input":"@","inputType":"a","queryInputType":"q","documentInputType":"d","purpose":"query"}"#,
            r#"{"model":"e","input":"@","input_type":"q","encoding_format":"base64"}"#,
        ),
        (
            r#"{"model":"e","input":"@","inputType":"a","queryInputType":"q","purpose":"document"}"#,
            r#"{"model":"e","input":"@","input_type":"a","encoding_format":"base64"}"#,
        ),
        (
            r#"{"model":"e","input":"@","inputType":"  ","provider":{"only":["x"]},"extraBody":{"a":1}}"#,
            r#"{"model":"e","input":"@","encoding_format":"base64","provider":{"only":["x"]},"a":1}"#,
        ),
    ];
    for (request, body) in table {
        let (url, text, _) = sent(&embeddings::plan(&mut config("{}"), request, false).unwrap());
        assert_eq!((url.as_str(), text.as_str()), ("https://openrouter.ai/api/v1/embeddings", body), "{request}");
    }
    for (request, place) in [
        ("{}", "model:"),
        (r#"{"model":" "}"#, "model:"),
        (r#"{"model":"openrouter/"}"#, "model:"),
        (r#"{"model":"e","dimensions":0}"#, "dimensions:"),
        (r#"{"model":"e","dimensions":1.5}"#, "dimensions:"),
        (r#"{"model":"e","dimensions":"3"}"#, "dimensions:"),
        (r#"{"model":"e","encodingFormat":"int8"}"#, "encodingFormat:"),
        (r#"{"model":"e","inputType":5}"#, "inputType:"),
        (r#"{"model":"e","purpose":"index"}"#, "purpose:"),
        (r#"{"model":"e","provider":"x"}"#, "provider:"),
    ] {
        let error = embeddings::plan(&mut config("{}"), request, false).unwrap_err();
        assert!(error.message.starts_with(place), "{request}: {}", error.message);
    }
}

#[test]
fn a_base_of_its_own_keeps_its_query_and_gets_no_key_of_the_client() {
    let request = r#"{"model":"e","input":"@"}"#;
    for (base, client, url, key, has_header) in [
        ("https://own.example/v1/?api=2#x", "https://proxy.example/v1", "https://own.example/v1/embeddings?api=2", "none", false),
        ("https://PROXY.example:443/v1//", "https://proxy.example/v1", "https://PROXY.example:443/v1/embeddings", "client", true),
        ("https://proxy.example/V1", "https://proxy.example/v1", "https://proxy.example/V1/embeddings", "none", false),
        ("https://proxy.example/v1?a", "https://proxy.example/v1", "https://proxy.example/v1/embeddings?a", "none", false),
        ("https://openrouter.ai/api/v1/", "https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1/embeddings", "client", true),
    ] {
        let options = format!(r#"{{"baseURL":"{client}","headers":{{"X-Client":"1"}},"media":{{"embedding":{{"baseURL":"{base}"}}}}}}"#)
            .replace(r#"{"X-Client":"1"}"#, r#"[["X-Client","1"]]"#);
        let plan = embeddings::plan(&mut config(&options), request, false).unwrap();
        let (found, _, who) = sent(&plan);
        assert_eq!((found.as_str(), who.as_str(), plan.contains("X-Client")), (url, key, has_header), "{base}");
        assert!(key != "none" || plan.contains(r#""key":"never""#), "{plan}");
        let own = embeddings::plan(&mut config(&options), request, true).unwrap();
        assert_eq!(sent(&own).2, "own");
    }
    let bad = r#"{"media":{"embedding":{"baseURL":"http://own.example"}}}"#;
    assert!(embeddings::plan(&mut config(bad), request, false).unwrap_err().message.starts_with("media.embedding.baseURL: "));
}

#[test]
fn a_bill_of_vectors_keeps_its_digits() {
    let answer =
        r#"{"model":"m","id":"gen-emb-1","provider":"P","object":"list","usage":{"prompt_tokens":3,"total_tokens":3,"cost":6e-08}}"#;
    assert_eq!(
        embeddings::read_answer(answer, "", NOW).unwrap(),
        r#"{"model":"m","id":"gen-emb-1","provider":"P","usage":{"inputTokens":3,"totalTokens":3,"cost":6e-08,"raw":{"prompt_tokens":3,"total_tokens":3,"cost":6e-08}}}"#
    );
    let error = embeddings::read_answer(r#"{"error":{"code":429,"message":"slow"}}"#, "", NOW).unwrap_err();
    assert_eq!((error.code.as_str(), error.message.as_str()), ("stream-error", "OpenRouter embeddings failed: slow"));
    for bad in ["[]", "5", "{"] {
        assert_eq!(embeddings::read_answer(bad, "", NOW).unwrap_err().code.as_str(), "bad-response", "{bad}");
    }
}

#[test]
fn a_ranking_names_every_document_at_most_once() {
    let plan = rerank::plan(&config("{}"), r#"{"model":"cohere/r","query":"q","documents":"@","topN":2}"#).unwrap();
    assert_eq!(sent(&plan).1, r#"{"model":"cohere/r","query":"q","documents":"@","top_n":2}"#);
    let read = |results: &str| rerank::read_answer(&[r#"{"model":"m","results":"#, results, "}"].concat(), 3, "", NOW);
    assert_eq!(
        read(r#"[{"index":2,"relevance_score":0.06657539},{"index":0,"relevance_score":-1}]"#).unwrap(),
        r#"{"results":[{"index":2,"score":0.06657539},{"index":0,"score":-1}],"model":"m"}"#
    );
    assert_eq!(read("[]").unwrap(), r#"{"results":[],"model":"m"}"#);
    for (bad, place) in [
        (r#"[{"index":3,"relevance_score":1}]"#, "results[0]"),
        (r#"[{"index":1,"relevance_score":1},{"index":1,"relevance_score":1}]"#, "results[1]"),
        (r#"[{"index":0.5,"relevance_score":1}]"#, "results[0]"),
        (r#"[{"index":-1,"relevance_score":1}]"#, "results[0]"),
        (r#"[{"index":"1","relevance_score":1}]"#, "results[0]"),
        (r#"[{"index":1,"relevance_score":"1"}]"#, "results[0]"),
        (r#"[{"index":1}]"#, "results[0]"),
        ("[5]", "results[0]"),
        ("{}", "no results"),
    ] {
        let error = read(bad).unwrap_err();
        assert!(error.code.as_str() == "bad-response" && error.message.contains(place), "{bad}: {}", error.message);
    }
}

const QUESTIONS: &str = r#"{"spam":{"type":"boolean","instructions":"Is it spam?"},"kind":{"type":"choice","instructions":"Which?","criteria":{"a":"A","b":null}},"stars":{"type":"score","instructions":"How good?","criteria":["bad","good"]},"where":{"type":"box","instructions":"Where?"}}"#;

fn decision(questions: &str) -> String {
    [r#"{"model":"typesafe/jev-1.14","state":"s","questions":"#, questions, "}"].concat()
}

#[test]
fn a_decision_is_asked_in_the_words_of_the_wire() {
    let (url, body, _) = sent(&decide::plan(&config("{}"), &decision(QUESTIONS)).unwrap());
    assert_eq!(url, "https://openrouter.ai/api/v1/systemone");
    assert!(
        body.starts_with(r#"{"model":"typesafe/jev-1.14","state":"s","questions":{"spam":{"type":"noul","instructions":"Is it spam?"}"#),
        "{body}"
    );
    let plan = decide::plan(&config("{}"), &decision(QUESTIONS)).unwrap();
    assert!(plan.contains(r#""shapes":{"spam":"noul","kind":["a","b"],"stars":2,"where":"box"}"#), "{plan}");
    assert!(plan.contains(r#""attempts":1"#) && plan.contains(r#""timeoutMs":30000"#) && plan.contains(r#""maxBytes":1048576"#), "{plan}");
}

#[test]
fn a_question_that_cannot_be_asked_is_refused_by_its_place() {
    let many = |count: usize, each: &str| (0..count).map(|at| each.replace('#', &at.to_string())).collect::<Vec<_>>().join(",");
    let levels = |list: &str| format!(r#"{{"q":{{"type":"score","instructions":"i","criteria":{list}}}}}"#);
    let choices = |list: &str| format!(r#"{{"q":{{"type":"choice","instructions":"i","criteria":{list}}}}}"#);
    let table = [
        ("{}".to_owned(), "questions:"),
        ("[]".to_owned(), "questions:"),
        (r#"{"q":{"type":"yes","instructions":"i"}}"#.to_owned(), "questions.q.type:"),
        (r#"{"q":{"type":"boolean"}}"#.to_owned(), "questions.q.instructions:"),
        (r#"{"q":{"type":"boolean","instructions":" "}}"#.to_owned(), "questions.q.instructions:"),
        (r#"{"q":{"type":"boolean","instructions":"i","criteria":{"true":"t"}}}"#.to_owned(), "questions.q.criteria:"),
        (r#"{"q":{"type":"box","instructions":"i","criteria":{}}}"#.to_owned(), "questions.q.criteria:"),
        (levels("[]"), "questions.q.criteria:"),
        (levels(&format!("[{}]", many(11, "\"#\""))), "questions.q.criteria:"),
        (levels("[\"a\",null]"), "questions.q.criteria[1]:"),
        (choices("{}"), "questions.q.criteria:"),
        (choices(&format!("{{{}}}", many(256, "\"#\":\"x\""))), "questions.q.criteria:"),
        (format!("{{{}}}", many(257, r##""#":{"type":"box","instructions":"i"}"##)), "questions:"),
    ];
    for (questions, place) in table {
        let error = decide::plan(&config("{}"), &decision(&questions)).unwrap_err();
        assert!(error.message.starts_with(place), "{questions:.80}: {}", error.message);
    }
    for (request, place) in [
        (r#"{"model":"m","questions":{}}"#, "state:"),
        (r#"{"model":"m","state":5}"#, "state:"),
        (r#"{"state":"s"}"#, "model:"),
        (r#"{"model":"m","state":"s","temperature":1}"#, "temperature:"),
        (r#"{"model":"m","state":"s","assets":{}}"#, "assets:"),
    ] {
        let error = decide::plan(&config("{}"), request).unwrap_err();
        assert!(error.message.starts_with(place), "{request}: {}", error.message);
    }
    let large = decision(QUESTIONS).replace("\"s\"", &format!("\"{}\"", "x".repeat(1 << 20)));
    assert!(decide::plan(&config("{}"), &large).unwrap_err().message.starts_with("request: has 10"));
    let configured = r#"{"models":{"openrouter/typesafe/jev-1.14":{"params":{"temperature":0}}}}"#;
    let error = decide::plan(&config(configured), &decision(QUESTIONS)).unwrap_err();
    assert!(error.message.contains(".params.temperature: "), "{}", error.message);
    let routed = r#"{"params":{"temperature":0,"provider":{"zdr":true}}}"#;
    let plan = decide::plan(&config(routed), &decision(QUESTIONS)).unwrap();
    assert!(plan.contains(r#"\"provider\":{\"zdr\":true}"#) && plan.contains("params.temperature: not sent"), "{plan}");
}

#[test]
fn a_decision_is_taken_as_it_came_or_not_at_all() {
    let shapes = r#"{"spam":"noul","kind":["a","b"],"stars":2,"where":"box"}"#;
    let good = [
        r#"{"type":"noul","noul":0}"#,
        r#"{"type":"choice","choice":"b","probabilities":{"a":0.33,"b":0.67},"confidence":0.5}"#,
        r#"{"type":"score","score":0.75,"probabilities":{"0":0.25,"1":0.75},"legend":{"0":"bad","1":"good"}}"#,
        r#"{"type":"box","box":{"top":1,"bottom":2,"left":0,"right":9.5},"confidence":1}"#,
    ];
    let answer = |parts: [&str; 4], usage: &str| {
        let [spam, kind, stars, place] = parts;
        format!(
            r#"{{"id":"i","model":"m","answers":{{"spam":{spam},"kind":{kind},"stars":{stars},"where":{place},"more":{{}}}},"usage":{usage}}}"#
        )
    };
    let usage = r#"{"input_tokens":3,"output_tokens":0,"cost":0}"#;
    let read = |text: &str| decide::read_answer(text, shapes, "", NOW);
    let text = read(&answer(good, usage)).unwrap();
    assert!(
        text.contains(r#""spam":{"probability":0}"#)
            && text.contains(r#""kind":{"choice":"b","probabilities":{"a":0.33,"b":0.67},"confidence":0.5}"#),
        "{text}"
    );
    assert!(
        text.contains(r#""inputTokens":3,"outputTokens":0,"cost":0"#) && text.contains(r#"["answers.more: answers no question"]"#),
        "{text}"
    );
    let bad: [(usize, &str); 18] = [
        (0, r#"{"noul":1.01}"#),
        (0, r#"{"noul":"1"}"#),
        (0, r#"{"noul":null}"#),
        (0, r#"{"type":"choice","choice":"a"}"#),
        (0, "0.5"),
        (1, r#"{"choice":"c"}"#),
        (1, r#"{"choice":"a","probabilities":{"a":0,"b":0}}"#),
        (1, r#"{"choice":"a","probabilities":{"z":1}}"#),
        (1, r#"{"choice":"a","confidence":2}"#),
        (1, r#"{"choice":"a","probabilities":[1]}"#),
        (2, r#"{"score":1,"probabilities":{"0":1}}"#),
        (2, r#"{"score":1,"probabilities":{"0":0.5,"1":0.5,"2":0}}"#),
        (2, r#"{"score":1,"probabilities":{"0":0.5,"01":0.5}}"#),
        (2, r#"{"score":"1"}"#),
        (2, r#"{"score":1,"legend":[]}"#),
        (3, r#"{"box":{"top":1,"bottom":2,"left":0}}"#),
        (3, r#"{"box":{"top":1,"bottom":2,"left":0,"right":"9"}}"#),
        (3, r#"{"box":[1,2,0,9]}"#),
    ];
    for (at, one) in bad {
        let mut parts = good;
        parts[at] = one;
        let error = read(&answer(parts, usage)).unwrap_err();
        let place = ["answers.spam", "answers.kind", "answers.stars", "answers.where"][at];
        assert!(error.code.as_str() == "bad-response" && error.message.ends_with(place), "{one}: {}", error.message);
    }
    for usage in [
        "null",
        "{}",
        r#"{"input_tokens":1,"output_tokens":1.5}"#,
        r#"{"input_tokens":-1,"output_tokens":1}"#,
        r#"{"input_tokens":1,"output_tokens":1,"cost":-1}"#,
        r#"{"input_tokens":1,"output_tokens":1,"cost":"x"}"#,
    ] {
        assert!(read(&answer(good, usage)).unwrap_err().message.ends_with("usage"), "{usage}");
    }
    assert!(
        read(r#"{"model":"m","usage":{}}"#).is_err()
            && read(r#"{"error":{"message":"no","code":400}}"#).unwrap_err().message.ends_with(": no")
    );
}

#[test]
fn a_description_asks_in_exactly_the_words_of_the_rule() {
    let body = |kind, request: &str| describe::plan(&config("{}"), kind, request).map(|plan| sent(&plan).1);
    assert_eq!(
        body(Medium::Video, r#"{"file":{"placeholder":"@","bytes":3,"head":"AAAA"}}"#).unwrap(),
        r#"{"model":"google/gemini-3.8-flash","messages":[{"role":"user","content":[{"type":"text","text":"Describe the video."},{"type":"video_url","video_url":{"url":"data:video/mp4;base64,@"}}]}]}"#
    );
    assert!(
        body(Medium::Video, r#"{"file":{"url":"https://x/y"},"prompt":"p","model":"a/b"}"#).unwrap().contains(r#""url":"https://x/y""#)
    );
    assert!(
        body(Medium::Image, r#"{"file":{"placeholder":"@","bytes":3,"head":"iVBORw0KGgo="}}"#)
            .unwrap()
            .contains(r#""image_url":{"url":"data:image/png;base64,@"}"#)
    );
    assert!(
        body(Medium::Audio, r#"{"file":{"placeholder":"@","bytes":3,"mediaType":"audio/mpeg"}}"#)
            .unwrap()
            .contains(r#"{"type":"input_audio","input_audio":{"data":"@","format":"mp3"}}"#)
    );
    for (kind, request, place) in [
        (Medium::Video, "{}", "video:"),
        (Medium::Video, r#"{"file":{"placeholder":"@","bytes":17000000}}"#, "video: has 17000000 bytes, 16777216 are allowed"),
        (Medium::Video, r#"{"file":{"placeholder":"@","bytes":3},"maxBytes":2}"#, "video: has 3"),
        (Medium::Video, r#"{"file":{"placeholder":"@","bytes":3},"mediaType":"image/png"}"#, "mediaType:"),
        (Medium::Image, r#"{"file":{"placeholder":"@","bytes":3,"mediaType":"audio/mpeg"}}"#, "image:"),
        (Medium::Audio, r#"{"file":{"placeholder":"@","bytes":3,"head":"AAAA"}}"#, "mediaType:"),
        (Medium::Audio, r#"{"file":{"url":"https://x/y","mediaType":"audio/mpeg"}}"#, "audio:"),
        (Medium::Video, r#"{"file":{"placeholder":"@","bytes":3},"prompt":5}"#, "prompt:"),
    ] {
        let error = body(kind, request).unwrap_err();
        assert!(error.message.starts_with(place), "{request}: {}", error.message);
    }
}

#[test]
fn what_a_description_says_is_found_wherever_it_stands() {
    let read =
        |message: &str| describe::read_answer(Medium::Video, &[r#"{"model":"m","choices":[{"message":"#, message, "}]}"].concat(), "", NOW);
    for (message, text) in [
        (r#"{"content":" a cat "}"#, "a cat"),
        (r#"{"content":[{"type":"text","text":" a"},{"type":"image_url"},{"type":"text","text":"b "}]}"#, "a\\nb"),
        (r#"{"content":"","reasoning_content":"thought"}"#, "thought"),
        (r#"{"content":[],"reasoning_content":"thought"}"#, "thought"),
    ] {
        assert_eq!(read(message).unwrap(), format!(r#"{{"text":"{text}","model":"m"}}"#), "{message}");
    }
    for message in ["{}", r#"{"content":null}"#, r#"{"content":" "}"#, "5"] {
        assert!(read(message).unwrap_err().message.ends_with("the answer has no text"), "{message}");
    }
    let refused = r#"{"choices":[{"error":{"message":"blocked","code":403},"message":{"content":""}}]}"#;
    assert!(describe::read_answer(Medium::Image, refused, "", NOW).unwrap_err().message.ends_with(": blocked"));
}

#[test]
fn endpoints_come_with_prices_as_decimal_strings() {
    let plan = |id: &str| endpoints::plan(&config("{}"), List::Endpoints, &format!(r#"{{"id":"{id}"}}"#)).map(|call| call.to_json());
    for (id, url) in
        [("openrouter/deepseek/deepseek-r1:free", "/models/deepseek/deepseek-r1:free/endpoints"), ("~a/b", "/models/~a/b/endpoints")]
    {
        assert!(plan(id).unwrap().contains(url), "{id}");
    }
    for id in ["", "../../keys", "a/b?x=1", "a/..", "a/b/c"] {
        assert!(plan(id).unwrap_err().message.starts_with("id:"), "{id}");
    }
    let answer = r#"{"data":{"id":"a/b","endpoints":[{"provider_name":"P","tag":"p/fp8","quantization":"fp8","context_length":8,"pricing":{"prompt":"0.00000125","input_cache_read":"0","discount":0},"uptime_last_30m":99.5,"uptime_last_1d":null,"supported_parameters":["tools"],"status":0},{"tag":"x"}]}}"#;
    let read = endpoints::read(List::Endpoints, answer, "", NOW).unwrap();
    assert!(
        read.starts_with(r#"{"rows":[{"provider":"P","tag":"p/fp8","quantization":"fp8","contextWindow":8,"status":0,"pricing":{"prompt":"0.00000125","inputCacheRead":"0","discount":0},"uptime":{"last30m":99.5},"supportedParameters":["tools"],"raw":{"#),
        "{read}"
    );
    assert!(read.ends_with(r#""warnings":["data[1].provider_name: must be a name: the row was left out"],"model":"a/b"}"#), "{read}");
    assert!(endpoints::read(List::Providers, r#"{"data":5}"#, "", NOW).unwrap_err().message.ends_with("holds no list"));
    assert!(Value::parse(&read).is_some());
}

#[test]
fn the_client_s_budget_is_asked_before_a_call() {
    let admit = |more: &str| call_budget::admit(&[r#"{"model":"m","spentPico":0,"clientUsd":1,"#, more, "}"].concat());
    let priced = r#""pricing":{"prompt":"0.001","completion":"0"},"#;
    assert_eq!(admit(&[priced, r#""units":{"prompt":250}"#].concat()).unwrap(), r#"{"estimatePico":250000000000}"#);
    assert_eq!(admit(r#""usd":"0.4""#).unwrap(), r#"{"estimatePico":400000000000}"#);
    assert_eq!(admit(&[priced, r#""units":{"prompt":1000}"#].concat()).unwrap(), r#"{"estimatePico":1000000000000}"#, "all there is");
    let over = admit(&[priced, r#""units":{"prompt":1001}"#].concat()).unwrap_err();
    assert_eq!(over.code.as_str(), "budget");
    assert!(
        over.message.starts_with("the budget of the client is $1.00: $0.00 is spent, and the next call, to m, costs about $1.001"),
        "{}",
        over.message
    );
    assert!(admit(r#""units":{"prompt":5}"#).unwrap().contains("is not known"));
    assert!(admit(r#""requirePrice":true,"units":{"prompt":5}"#).unwrap_err().message.contains("requirePrice"));
    assert!(admit(r#""fault":"HTTP 500","units":{"prompt":5}"#).unwrap().contains("of m is not known (HTTP 500): only"));
    assert!(
        admit(r#""requirePrice":true,"fault":"HTTP 500""#)
            .unwrap_err()
            .message
            .contains("is not known (HTTP 500), and budget.requirePrice")
    );
    let spent = call_budget::admit(r#"{"model":"m","spentPico":1000000000000,"clientUsd":1,"units":{"prompt":1}}"#).unwrap_err();
    assert!(spent.message.contains("is not known"), "{}", spent.message);
}
