// Runs in a page whose requests are made by a frame that inherits its policies. The server fills in FRAME.
// It makes the frame, waits for the frame's report, and hands it back.
const FRAME = __FRAME__;
const DOCUMENT = '<!doctype html><meta charset=utf-8><title>f</title><body><script>' + FRAME.script + '<' + '/script>';

/** How the frame is given its document, by context. */
const FILL = {
  srcdoc(frame) { frame.srcdoc = DOCUMENT; },
  blob(frame) { frame.src = URL.createObjectURL(new Blob([DOCUMENT], { type: 'text/html;charset=utf-8' })); },
  data(frame) { frame.src = 'data:text/html;charset=utf-8,' + encodeURIComponent(DOCUMENT); },
  'about-blank'(frame) {
    frame.onload = () => {
      frame.onload = null;
      const script = frame.contentDocument.createElement('script');
      script.textContent = FRAME.script;
      frame.contentDocument.body.appendChild(script);
    };
    frame.src = 'about:blank';
  },
};

function addFrame() {
  const frame = document.createElement('iframe');
  const context = FRAME.context.replace(/^sandbox-/, '');
  if (context !== FRAME.context) frame.setAttribute('sandbox', 'allow-scripts');
  FILL[context](frame);
  document.body.appendChild(frame);
}

addEventListener('message', (event) => submitReport(FRAME.query, event.data));
addEventListener('load', () => setTimeout(addFrame, 0));
