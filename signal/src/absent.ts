/** The error of a session whose socket was configured without `makeSignalRepository`. */
export function gatewayBringsItsOwn(): Error {
  return new Error(
    'libsignal is not part of this installation: pass makeSignalRepository, the gateway brings its own Signal repository',
  );
}
