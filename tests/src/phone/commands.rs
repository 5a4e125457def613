//! What each command of `cargo phone` does. Each gives the text to print.

use std::path::PathBuf;
use std::sync::Arc;

use countersign_crypto::jwk::Algorithm;
use countersign_crypto::system::SystemRandom;
use countersign_domain::answer::{Answer, DeclineReason};
use countersign_domain::device::Platform;
use countersign_domain::id::{ChallengeId, DeviceId};
use countersign_domain::secret::Secret;
use countersign_domain::time::{Clock, Span};

use super::cli::Command;
use super::state::StoredDevice;
use super::trouble::Trouble;
use super::{authenticator, choose, file, login, piped, show, uaf};
use crate::device::Device;
use crate::device::challenges::{Answered, Challenge};
use crate::device::enrol::{Description, Enrolment};
use crate::device::error::{CallError, ErrorCode};
use crate::device::keys::DeviceKeys;
use crate::device::link::{BindLink, Link};
use crate::device::service::Service;
use crate::plain;

/// A phone: its file, and which of its enrolments is meant.
pub(crate) struct Phone {
    file: PathBuf,
    wanted: Option<String>,
    clock: Arc<dyn Clock>,
}

impl Phone {
    /// The phone whose state is in `file`; `wanted` names an enrolment, else the last one is meant.
    pub(crate) fn new(file: PathBuf, wanted: Option<String>, clock: Arc<dyn Clock>) -> Self {
        Self { file, wanted, clock }
    }

    /// Does what `command` says and gives the text to print.
    pub(crate) async fn run(&self, command: Command) -> Result<String, Trouble> {
        let command = match command {
            Command::Login(wanted) => return login::begin(&self.file, Arc::clone(&self.clock), wanted).await,
            Command::Enrol { link, name, algorithm, platform, push_token } => {
                return self.enrol(link, name, algorithm, platform, push_token).await;
            }
            Command::Uaf(wanted) => return uaf::run(&self.file, Arc::clone(&self.clock), wanted).await,
            Command::Authenticator(wanted) => {
                return authenticator::run(&self.file, Arc::clone(&self.clock), wanted).await;
            }
            command => command,
        };
        let state = file::read(&self.file)?;
        let device = choose::device(&state, self.wanted.as_deref())?.open(Arc::clone(&self.clock))?;
        let known = device.service().offset();
        let result = self.run_on(&device, command).await;
        let learnt = device.service().offset();
        if learnt != known {
            self.keep_offset(device.identity().device_guid, learnt)?;
        }
        result
    }

    async fn run_on(&self, device: &Device, command: Command) -> Result<String, Trouble> {
        match command {
            Command::Inbox => Ok(show::inbox(&device.challenges().await?, device.service().now())),
            Command::Show { guid } => {
                Ok(show::challenge(&device.challenge(guid).await?, device.service().now()))
            }
            Command::Approve { guid, code, button } => approve(device, guid, code.as_deref(), button).await,
            Command::Decline { guid, not_me } => decline(device, guid, not_me).await,
            Command::Claim { link } => claim(device, &piped::link(link, std::io::stdin())?).await,
            Command::Status => Ok(show::status(&device.status().await?)),
            Command::Rename { name } => self.rename(device, &name).await,
            Command::PushToken { token } => {
                let token = Some(token.as_str()).filter(|token| *token != "none");
                let status = device.set_push_token(token).await?;
                Ok(format!("Push is now: {}.", plain::line(&status.push)))
            }
            Command::WrongPin => wrong_pin(device).await,
            Command::Remove => self.remove(device).await,
            Command::Login(_) | Command::Enrol { .. } | Command::Uaf(_) | Command::Authenticator(_) => {
                Err(Trouble::new("This device is enrolled already.", ""))
            }
        }
    }

    async fn enrol(
        &self,
        link: String,
        name: Option<String>,
        algorithm: Algorithm,
        platform: Platform,
        push_token: Option<String>,
    ) -> Result<String, Trouble> {
        let link = bind_link(&piped::link(link, std::io::stdin())?)?;
        // Before the token is used up it must be sure that the keys can be kept.
        file::update(&self.file, |_| ())?;
        let state = file::read(&self.file)?;
        let known = state.devices.len();
        let service = Service::new(link.service_url.clone(), Arc::clone(&self.clock), Span::millis(0))?;
        let keys = match state.login_of(&link) {
            Some(login) => login.keys(),
            None => DeviceKeys::generate(algorithm, &SystemRandom),
        };
        let keys = keys.map_err(CallError::from)?;
        let name = name.unwrap_or_else(|| format!("Phone {}", known + 1));
        let description = Description { name: name.clone(), platform, push_token };
        let enrolment = Enrolment::begin(&service, &link).await.map_err(of_enrolment)?;
        let identity = match enrolment.finish(&keys, &description).await {
            // The device may exist already, with only its reply lost: the same keys get the same answer.
            Err(CallError::Unreachable(_)) => enrolment.finish(&keys, &description).await,
            result => result,
        }
        .map_err(of_enrolment)?;
        let stored =
            StoredDevice::new(name.clone(), &service, identity.clone(), &keys).map_err(CallError::from)?;
        file::update(&self.file, |state| {
            state.add(stored);
            state.end_login(&link);
        })?;
        Ok(format!(
            "{} is now a device of {} ({}) in {}.\nDevice {}\nNext: cargo phone inbox",
            plain::line(&name),
            plain::line(&link.display_name),
            plain::line(&enrolment.lookup().account_id),
            plain::line(&identity.app_space_name),
            identity.device_guid,
        ))
    }

    async fn rename(&self, device: &Device, name: &str) -> Result<String, Trouble> {
        let status = device.rename(name).await?;
        file::update(&self.file, |state| {
            if let Some(stored) = state.find_mut(device.identity().device_guid) {
                stored.name.clone_from(&status.name);
            }
        })?;
        Ok(format!("This device is now called {}.", plain::line(&status.name)))
    }

    async fn remove(&self, device: &Device) -> Result<String, Trouble> {
        let text = match device.remove().await {
            Ok(()) => "The device is revoked for ever, and its keys are forgotten.",
            // Revoked before: its keys are of no use to anybody.
            Err(CallError::Refused(refusal)) if refusal.code == ErrorCode::Unauthorized => {
                "The service had no such device any more; its keys are forgotten."
            }
            Err(error) => return Err(error.into()),
        };
        file::update(&self.file, |state| state.forget(device.identity().device_guid))?;
        Ok(text.to_owned())
    }

    fn keep_offset(&self, guid: DeviceId, offset: Span) -> Result<(), Trouble> {
        file::update(&self.file, |state| {
            if let Some(stored) = state.find_mut(guid) {
                stored.clock_offset_millis = offset.as_millis();
            }
        })
    }
}

fn bind_link(text: &str) -> Result<BindLink, Trouble> {
    match Link::parse(text) {
        Ok(Link::Bind(link)) => Ok(link),
        Ok(Link::Claim(_)) => {
            Err(Trouble::new("This link claims a challenge.", "Use it with `cargo phone claim <link>`."))
        }
        Ok(Link::FailedLogin(failed)) => Err(login::failed(&failed)),
        Err(invalid) => Err(Trouble::new(
            format!("This is not a bind link: {invalid}."),
            "Copy it whole and put it in quotes, for it has & in it.",
        )),
    }
}

/// Refusals mean something else before there is a device.
fn of_enrolment(error: CallError) -> Trouble {
    match error.refusal().map(|refusal| &refusal.code) {
        Some(ErrorCode::NotFound) => Trouble::new(
            "This link works no more: it was used, has expired, or came back from a login that this phone \
             did not begin, or began anew since.",
            "Ask for a new one: the Request Origin's bind gives it, or `cargo phone login`.",
        ),
        Some(ErrorCode::Unauthorized) => {
            let text = format!("The service refused the enrolment: {error}.");
            Trouble::new(text, "Ask for a new link.")
        }
        _ => error.into(),
    }
}

/// The challenge that is meant, fetched anew, so that the service records that it was seen.
async fn fetch(device: &Device, guid: Option<ChallengeId>) -> Result<Challenge, Trouble> {
    let guid = match guid {
        Some(guid) => guid,
        None => choose::only_pending(device.challenges().await?)?.guid,
    };
    Ok(device.challenge(guid).await?)
}

async fn approve(
    device: &Device,
    guid: Option<ChallengeId>,
    code: Option<&str>,
    button: usize,
) -> Result<String, Trouble> {
    let challenge = fetch(device, guid).await?;
    let code = choose::code(&challenge.shown, button, code)?;
    let answered = device.answer(&challenge, Answer::Option(button), code).await?;
    Ok(told(&challenge, &pressed(&challenge, button), &answered))
}

async fn decline(device: &Device, guid: Option<ChallengeId>, not_me: bool) -> Result<String, Trouble> {
    let challenge = fetch(device, guid).await?;
    let answer = match not_me {
        true => Answer::Decline(DeclineReason::NotMe),
        false => choose::refusal(&challenge.shown),
    };
    let answered = device.answer(&challenge, answer, None).await?;
    let how = match answer {
        Answer::Option(button) => pressed(&challenge, button),
        Answer::Decline(reason) => format!("Declined ({})", reason.name()),
    };
    Ok(told(&challenge, &how, &answered))
}

fn pressed(challenge: &Challenge, button: usize) -> String {
    let title = challenge.shown.buttons.get(button).map_or("", |button| button.title.as_str());
    format!("Pressed {button} {}", plain::cut(title, 40))
}

fn told(challenge: &Challenge, how: &str, answered: &Answered) -> String {
    let what = plain::cut(&show::title(challenge), plain::WIDTH);
    format!("{what}\n{how}. The challenge is now {}.", plain::line(&answered.status))
}

async fn claim(device: &Device, link_or_token: &str) -> Result<String, Trouble> {
    let (token, expected) = if link_or_token.contains("://") {
        match Link::parse(link_or_token) {
            Ok(Link::Claim(link)) if link.service_url == *device.service().url() => {
                (link.claim_token, Some(link.request_guid))
            }
            Ok(Link::Claim(link)) => {
                return Err(Trouble::new(
                    format!("This link is for {}.", link.service_url),
                    "Choose an enrolment there with --device.",
                ));
            }
            Ok(Link::Bind(_)) => {
                return Err(Trouble::new(
                    "This link enrols a device.",
                    "Use it with `cargo phone enrol <link>`.",
                ));
            }
            Ok(Link::FailedLogin(failed)) => return Err(login::failed(&failed)),
            Err(invalid) => {
                return Err(Trouble::new(
                    format!("This is not a claim link: {invalid}."),
                    "Copy it whole and put it in quotes, for it has & in it.",
                ));
            }
        }
    } else {
        (Secret::new(link_or_token.to_owned()), None)
    };
    let challenge = device.claim(&token).await?;
    if expected.is_some_and(|guid| guid != challenge.guid) {
        return Err(CallError::NotGenuine("the link names another one").into());
    }
    Ok(format!("It is yours to answer.\n\n{}", show::challenge(&challenge, device.service().now())))
}

async fn wrong_pin(device: &Device) -> Result<String, Trouble> {
    let failures = device.report_strong_failure().await?;
    Ok(if failures.device_status == "active" {
        format!("Reported. Tries left: {}.", failures.attempts_left)
    } else {
        "Reported. That was the last try: the device is revoked for ever.\n\
         `cargo phone remove` forgets its keys."
            .to_owned()
    })
}
