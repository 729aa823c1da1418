/** The one function that is used; the package brings no types. */
declare module 'sodium-native' {
  const sodium: { crypto_box_keypair(publicKey: Buffer, secretKey: Buffer): void };
  export default sodium;
}
