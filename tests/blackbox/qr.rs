//! QR codes as a camera reads them.

use std::io::Cursor;

use countersign_crypto::encoding::from_base64;

/// The text of the QR code in a `data:` URI with a PNG.
pub(crate) fn read(data_uri: &str) -> String {
    let file = from_base64(data_uri.strip_prefix("data:image/png;base64,").unwrap()).unwrap();
    let mut decoder = png::Decoder::new(Cursor::new(file));
    // One byte for each pixel, whatever the depth.
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    let (width, height) = (frame.width as usize, frame.height as usize);
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels[y * width + x]);
    let [code] = &image.detect_grids()[..] else { panic!("one QR code") };
    code.decode().unwrap().1
}
