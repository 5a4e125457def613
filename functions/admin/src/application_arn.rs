//! SNS platform applications by their ARN: `arn:aws:sns:region:account:app/PLATFORM/name`.

use countersign_crypto::encoding::base64url;
use countersign_domain::chance::{self, Random};
use countersign_domain::id::AppSpaceId;
use countersign_domain::invalid::Invalid;

/// How the names begin of those that are made here.
const OURS: &str = "countersign-";
/// Characters of the App Space's id that follows.
const GUID: usize = 36;

/// Takes the ARN of an application of one of `platforms`. One that was made here is for the App Space that it was made for.
pub(crate) fn parse(
    field: &'static str,
    arn: &str,
    platforms: &[&str],
    app_space: AppSpaceId,
) -> Result<String, Invalid> {
    let plain = arn.len() <= 512 && arn.bytes().all(|byte| byte.is_ascii_graphic());
    match read(arn).filter(|(platform, name)| plain && platforms.contains(platform) && !name.is_empty()) {
        None => {
            let platforms = platforms.join(" or ");
            Err(Invalid::new(field, format!("is not the ARN of an SNS platform application for {platforms}")))
        }
        Some((_, name)) if made_for(name).is_some_and(|other| other != app_space) => {
            Err(Invalid::new(field, "is the platform application of another App Space"))
        }
        Some(_) => Ok(arn.to_owned()),
    }
}

/// A name for a new one of `app_space`.
pub(crate) fn new_name(app_space: AppSpaceId, random: &dyn Random) -> String {
    format!("{}{}", prefix(app_space), base64url(&chance::bytes::<6>(random)))
}

/// Whether it was made here, for this App Space and platform.
pub(crate) fn is_ours(arn: &str, app_space: AppSpaceId, platform: &str) -> bool {
    read(arn).is_some_and(|(known, name)| known == platform && name.starts_with(&prefix(app_space)))
}

/// For whom it was made, if it was made here.
fn made_for(name: &str) -> Option<AppSpaceId> {
    name.strip_prefix(OURS)?.get(..GUID)?.parse().ok()
}

fn prefix(app_space: AppSpaceId) -> String {
    format!("{OURS}{app_space}-")
}

/// Platform and name.
fn read(arn: &str) -> Option<(&str, &str)> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", partition, "sns", region, account, resource] = parts[..] else { return None };
    let aws = partition.starts_with("aws") && !region.is_empty() && account.len() == 12;
    let (platform, name) = resource.strip_prefix("app/")?.split_once('/')?;
    (aws && !name.contains('/')).then_some((platform, name))
}

#[cfg(test)]
mod tests {
    use countersign_crypto::system::SystemRandom;

    use super::*;

    #[test]
    fn an_arn_is_of_its_platform_and_of_no_other_app_space() {
        let (ours, other) = (AppSpaceId::new(&SystemRandom), AppSpaceId::new(&SystemRandom));
        let arn =
            |platform: &str, name: &str| format!("arn:aws:sns:eu-west-1:123456789012:app/{platform}/{name}");
        let take = |arn: &str| parse("android.application", arn, &["GCM"], ours);
        assert!(take(&arn("GCM", "bank")).is_ok() && take(&arn("GCM", "countersign-bank")).is_ok());
        let made = new_name(ours, &SystemRandom);
        assert!(take(&arn("GCM", &made)).is_ok() && is_ours(&arn("GCM", &made), ours, "GCM"));
        assert!(!is_ours(&arn("GCM", &made), ours, "APNS") && !is_ours(&arn("GCM", "bank"), ours, "GCM"));
        for refused in [
            arn("GCM", &new_name(other, &SystemRandom)),
            arn("APNS", "bank"),
            arn("GCM", ""),
            arn("GCM", "a/b"),
            arn("GCM", "a b"),
            "arn:aws:sns:eu-west-1:123456789012:topic".into(),
            "arn:aws:s3:eu-west-1:123456789012:app/GCM/bank".into(),
            String::new(),
        ] {
            assert!(take(&refused).is_err(), "{refused}");
        }
    }
}
