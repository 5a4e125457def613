// Reads a QR code with the camera: by the browser's own BarcodeDetector where there is one, else by a library that is loaded for it.

import { html, useEffect, useRef } from './ui.js';

const BETWEEN = 200;
const REFUSED = 'The camera cannot be used. Allow it for this page, or paste the link instead.';

/** Shows the camera's picture until `onText(text)`, `onCancel()` or `onError({code, message})`. */
export function Camera({ onText, onCancel, onError }) {
  const video = useRef(null);
  useEffect(() => {
    let stream;
    let timer;
    let stopped = false;
    const look = async (read) => {
      const text = video.current?.readyState >= 2 ? await read(video.current).catch(() => null) : null;
      if (stopped) return;
      if (text) onText(text);
      else timer = setTimeout(look, BETWEEN, read);
    };
    const begin = async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
        if (stopped) return stop();
        video.current.srcObject = stream;
        await video.current.play();
        await look(await reader());
      } catch {
        if (!stopped) onError({ code: 'camera', message: REFUSED });
      }
    };
    const stop = () => stream?.getTracks().forEach((track) => track.stop());
    begin();
    return () => {
      stopped = true;
      clearTimeout(timer);
      stop();
    };
  }, []);
  return html`
    <div class="camera">
      <video ref=${video} data-test="scan-video" muted playsinline aria-label="Picture of the camera"></video>
      <button type="button" data-test="scan-stop" onClick=${onCancel}>Stop the camera</button>
    </div>`;
}

/** Gives the function that reads a code off a video's picture, `null` where there is none. */
async function reader() {
  const formats = (await window.BarcodeDetector?.getSupportedFormats?.()) ?? [];
  if (formats.includes('qr_code')) {
    const detector = new window.BarcodeDetector({ formats: ['qr_code'] });
    return async (video) => (await detector.detect(video))[0]?.rawValue ?? null;
  }
  const { decodeQR } = await import('./decode.js');
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return async (video) => {
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    context.drawImage(video, 0, 0);
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    return decodeQR({ data: new Uint8Array(data.buffer), width, height });
  };
}
