import encodeQR from 'qr'

/** The code of a badge as a QR code that stands alone, made to be read from a screen and with a thumb over a corner. */
export const badgePicture = (code: string) => ({
  status: 200,
  bytes: encodeQR(code, 'svg', { ecc: 'quartile', border: 4 }),
  headers: {
    'content-type': 'image/svg+xml; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  },
})
