//! Tools that ask the client: its model, and the person in front of it.

use mcp_stack::{Context, Elicited, Field, Form, InputError, Sampling, SamplingMessage, Tool};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

pub(crate) fn tools() -> [Tool; 4] {
    [
        Tool::new("test_sampling", sampling).with_description("Asks the client's model"),
        Tool::new("test_elicitation", elicitation).with_description("Asks a person who they are"),
        Tool::new("test_elicitation_sep1034_defaults", defaults)
            .with_description("Asks with a form that is filled in already"),
        Tool::new("test_elicitation_sep1330_enums", choices)
            .with_description("Asks for choices, of each kind there is"),
    ]
}

#[derive(Deserialize, JsonSchema)]
struct Prompt {
    /// What the model is asked.
    prompt: String,
}

#[derive(Deserialize, JsonSchema)]
struct Message {
    /// What the person is told.
    message: String,
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct User {
    username: String,
    #[schemars(email)]
    email: String,
}

async fn sampling(args: Prompt, cx: Context) -> Result<String, InputError> {
    let question = Sampling::new([SamplingMessage::user(args.prompt)], 100);
    Ok(format!("LLM response: {}", cx.sample("response", question).await?.text()))
}

async fn elicitation(args: Message, cx: Context) -> Result<String, InputError> {
    let answer = cx.elicit("user", Form::<User>::new(args.message)).await?;
    Ok(format!("User response: {}", told(answer)))
}

async fn defaults(cx: Context) -> Result<String, InputError> {
    let states = ["active", "inactive", "pending"];
    let form = Form::build("Please check your profile")
        .add_field(Field::string("name").with_default("John Doe"))
        .add_field(Field::integer("age").with_default(30))
        .add_field(Field::number("score").with_default(95.5))
        .add_field(Field::choice("status", states).with_default("active"))
        .add_field(Field::boolean("verified").with_default(true));
    Ok(format!("Elicitation completed: {}", told(cx.elicit("profile", form).await?)))
}

async fn choices(cx: Context) -> Result<String, InputError> {
    let plain = ["option1", "option2", "option3"];
    let single =
        [("value1", "First Option"), ("value2", "Second Option"), ("value3", "Third Option")];
    let legacy = [("opt1", "Option One"), ("opt2", "Option Two"), ("opt3", "Option Three")];
    let multi =
        [("value1", "First Choice"), ("value2", "Second Choice"), ("value3", "Third Choice")];
    let form = Form::build("Please choose")
        .add_field(Field::choice("untitledSingle", plain))
        .add_field(Field::choice("titledSingle", single))
        .add_field(Field::choice("legacyEnum", legacy).with_enum_names())
        .add_field(Field::choices("untitledMulti", plain).with_min_items(1).with_max_items(3))
        .add_field(Field::choices("titledMulti", multi));
    Ok(format!("Elicitation completed: {}", told(cx.elicit("choices", form).await?)))
}

/// What the person did, in the words of the protocol.
fn told<T: Serialize>(answer: Elicited<T>) -> String {
    let action = match &answer {
        Elicited::Accept(_) => "accept",
        Elicited::Decline => "decline",
        Elicited::Cancel => "cancel",
    };
    format!("action={action}, content={}", json!(answer.accepted()))
}
