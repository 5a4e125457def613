//! Films for a browser's camera.

use crate::qr::Grey;

/// What cameras give, and Chromium's stand-in for one.
const WIDTH: usize = 640;
const HEIGHT: usize = 480;
const WHITE: u8 = 235;
const BLACK: u8 = 16;

/// A film in the format YUV4MPEG2, one picture long: `picture` on white paper, as large as it can be by whole pixels.
pub(super) fn of(picture: &Grey) -> Vec<u8> {
    let scale = (WIDTH.min(HEIGHT) / picture.width.max(picture.height)).max(1);
    let (left, top) = ((WIDTH - picture.width * scale) / 2, (HEIGHT - picture.height * scale) / 2);
    let mut luminance = vec![WHITE; WIDTH * HEIGHT];
    for y in 0..picture.height * scale {
        for x in 0..picture.width * scale {
            let dark = picture.pixels[(y / scale) * picture.width + x / scale] < 128;
            luminance[(top + y) * WIDTH + left + x] = if dark { BLACK } else { WHITE };
        }
    }
    let mut film = format!("YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420\nFRAME\n").into_bytes();
    film.extend(luminance);
    // No colour: both planes are of half the size each way.
    film.extend(std::iter::repeat_n(128, WIDTH * HEIGHT / 2));
    film
}
