//! QR codes as a camera reads them.

use std::io::Cursor;

use countersign_crypto::encoding::from_base64;

/// A picture in grey: width, height and a byte for each pixel, row by row.
pub(crate) struct Grey {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) pixels: Vec<u8>,
}

/// The picture in a `data:` URI with a PNG.
pub(crate) fn picture(data_uri: &str) -> Grey {
    let file = from_base64(data_uri.strip_prefix("data:image/png;base64,").unwrap()).unwrap();
    let mut decoder = png::Decoder::new(Cursor::new(file));
    // One byte for each pixel, whatever the depth.
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    pixels.truncate(frame.buffer_size());
    Grey { width: frame.width as usize, height: frame.height as usize, pixels }
}

/// The text of the QR code in a `data:` URI with a PNG.
pub(crate) fn read(data_uri: &str) -> String {
    let Grey { width, height, pixels } = picture(data_uri);
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels[y * width + x]);
    let [code] = &image.detect_grids()[..] else { panic!("one QR code") };
    code.decode().unwrap().1
}
