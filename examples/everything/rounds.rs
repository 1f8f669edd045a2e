//! Handlers that a modern client calls again with the answers they ask for, and that a
//! legacy client is asked by in the middle of the call.

use mcp_stack::{
    BoxError, Context, Elicited, Form, InputError, InputErrorKind, InputRequired, Prompt, Root,
    Sampling, SamplingMessage, Tool,
};
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) fn tools() -> [Tool; 8] {
    [
        Tool::new("test_input_required_result_elicitation", elicitation)
            .with_description("Asks a person for their name"),
        Tool::new("test_input_required_result_sampling", sampling)
            .with_description("Asks the client's model for a capital"),
        Tool::new("test_input_required_result_list_roots", list_roots)
            .with_description("Asks for the client's roots"),
        Tool::new("test_input_required_result_request_state", by_hand)
            .with_description("Keeps a state from one round to the next"),
        Tool::new("test_input_required_result_tampered_state", by_hand)
            .with_description("Keeps a state that the client cannot change"),
        Tool::new("test_input_required_result_multiple_inputs", all_at_once)
            .with_description("Asks three things at once"),
        Tool::new("test_input_required_result_multi_round", step_by_step)
            .with_description("Asks one thing after the other"),
        Tool::new("test_input_required_result_capabilities", whoever_can)
            .with_description("Asks a person, or the model where no person can be asked"),
    ]
}

pub(crate) fn prompt() -> Prompt {
    Prompt::new("test_input_required_result_prompt", async |cx: Context| {
        let form = Form::<Background>::new("What context should the prompt use?");
        let background = cx.elicit("user_context", form).await?.accepted();
        let context = background.map_or("none".to_owned(), |background| background.context);
        Ok::<_, InputError>(format!("Answer in this context: {context}"))
    })
    .with_description("A prompt that asks for its context")
}

#[derive(Deserialize, JsonSchema)]
struct Person {
    name: String,
}

#[derive(Deserialize, JsonSchema)]
struct Favourite {
    color: String,
}

#[derive(Deserialize, JsonSchema)]
struct Confirmation {
    ok: bool,
}

#[derive(Deserialize, JsonSchema)]
struct Background {
    context: String,
}

async fn elicitation(cx: Context) -> Result<String, InputError> {
    let answer = cx.elicit("user_name", Form::new("What is your name?")).await?;
    Ok(greeting(answer))
}

async fn sampling(cx: Context) -> Result<String, InputError> {
    let question = question("What is the capital of France?");
    Ok(cx.sample("capital_question", question).await?.text())
}

async fn list_roots(cx: Context) -> Result<String, InputError> {
    let roots = cx.list_roots("client_roots").await?;
    Ok(roots.iter().map(Root::uri).collect::<Vec<_>>().join("\n"))
}

/// Rounds written out, with a state that is the handler's own.
async fn by_hand(cx: Context) -> Result<String, BoxError> {
    let form = Form::<Confirmation>::new("Please confirm");
    match (cx.answer("confirm", &form)?, cx.request_state::<String>()) {
        (Some(answer), Some(state)) => {
            let confirmed = answer.accepted().is_some_and(|answer| answer.ok);
            Ok(format!("{state}, confirmed: {confirmed}"))
        }
        _ => Err(InputRequired::new().ask("confirm", form).with_state("state-ok")?.into()),
    }
}

async fn all_at_once(cx: Context) -> Result<String, InputError> {
    let (name, words, roots) = tokio::join!(
        cx.elicit("user_name", Form::new("What is your name?")),
        cx.sample("greeting", question("Generate a greeting")),
        cx.list_roots("client_roots"),
    );
    let (name, words, roots) = (greeting(name?), words?.text(), roots?.len());
    Ok(format!("{name} {words} You have {roots} roots."))
}

async fn step_by_step(cx: Context) -> Result<String, InputError> {
    let name = cx.elicit("step1", Form::new("Step 1: What is your name?")).await?;
    let form = Form::<Favourite>::new("Step 2: What is your favorite color?");
    let favourite = cx.elicit("step2", form).await?.accepted();
    let color = favourite.map_or("none".to_owned(), |favourite| favourite.color);
    Ok(format!("{} Your favorite color: {color}", greeting(name)))
}

async fn whoever_can(cx: Context) -> Result<String, InputError> {
    match cx.elicit("user_name", Form::new("What is your name?")).await {
        Ok(answer) => Ok(greeting(answer)),
        Err(error) if error.kind() == InputErrorKind::MissingCapability => {
            Ok(cx.sample("greeting", question("Generate a greeting")).await?.text())
        }
        Err(error) => Err(error),
    }
}

fn question(text: &str) -> Sampling {
    Sampling::new([SamplingMessage::user(text)], 100)
}

fn greeting(answer: Elicited<Person>) -> String {
    match answer {
        Elicited::Accept(Person { name }) => format!("Hello, {name}!"),
        Elicited::Decline | Elicited::Cancel => "Hello, whoever you are!".to_owned(),
    }
}
