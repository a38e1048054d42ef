/** @param {boolean} withHints  `<link rel=prefetch>` is behind a feature that is off by default */
export function webkitArguments(url, withHints) {
  return ['--ignore-tls-errors', '--private', ...(withHints ? ['--features=+LinkPrefetch'] : []), url];
}

/** Software rendering on a virtual display, no settings of the desktop. */
export function webkitEnvironment(display) {
  return {
    DISPLAY: display, GDK_BACKEND: 'x11', LIBGL_ALWAYS_SOFTWARE: '1', WEBKIT_DISABLE_COMPOSITING_MODE: '1',
    WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', NO_AT_BRIDGE: '1', GIO_USE_PROXY_RESOLVER: 'dummy',
    GSETTINGS_BACKEND: 'memory',
  };
}
