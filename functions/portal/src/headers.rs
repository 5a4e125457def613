//! What browsers are told about every file: load from here only, stand in nobody's frame, use no more of the machine than is needed.

use lambda_http::http::HeaderValue;
use lambda_http::http::header::{
    CONTENT_SECURITY_POLICY, ETAG, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
};

use crate::assets::Asset;

/// No script, style or request but to this host. Pictures may be `data:` (QR codes come so) and `blob:`; the camera's picture is a
/// `blob:` or a stream.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
     connect-src 'self'; media-src blob:; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Of the web device: it reads QR codes.
const WITH_CAMERA: &str = "camera=(self), publickey-credentials-create=(self), publickey-credentials-get=(self), \
     microphone=(), geolocation=(), payment=(), usb=(), serial=(), display-capture=()";

/// Of everything else.
const WITHOUT_CAMERA: &str = "camera=(), publickey-credentials-create=(self), publickey-credentials-get=(self), \
     microphone=(), geolocation=(), payment=(), usb=(), serial=(), display-capture=()";

/// The headers of `asset`, whose content has the entity tag `tag`.
pub(crate) fn headers(asset: &Asset, tag: &str) -> Vec<(HeaderName, HeaderValue)> {
    let permissions = if asset.file == "device" { WITH_CAMERA } else { WITHOUT_CAMERA };
    let fixed = [
        (CONTENT_SECURITY_POLICY, CONTENT_POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), permissions),
    ];
    let fixed = fixed.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value)));
    let tag = HeaderValue::from_str(tag).ok().map(|tag| (ETAG, tag));
    fixed.chain(tag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::asset;

    fn of(file: &str) -> String {
        let told = headers(asset(file).unwrap(), "\"tag\"");
        told.iter().map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap())).collect()
    }

    #[test]
    fn nothing_but_this_host_is_loaded_and_nothing_inline_runs() {
        for file in ["device", "portal", "device.js"] {
            let told = of(file);
            assert!(told.contains("default-src 'none'") && told.contains("frame-ancestors 'none'"), "{told}");
            assert!(
                !told.contains("unsafe-") && !told.contains("http:") && !told.contains("https:"),
                "{told}"
            );
            assert!(told.contains("etag: \"tag\""), "{told}");
        }
    }

    #[test]
    fn only_the_web_device_has_the_camera() {
        assert!(of("device").contains("camera=(self)"));
        assert!(of("portal").contains("camera=()"));
        assert!(of("device.js").contains("camera=()"));
    }
}
