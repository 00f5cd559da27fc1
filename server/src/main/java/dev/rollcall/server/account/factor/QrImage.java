package dev.rollcall.server.account.factor;

import io.nayuki.qrcodegen.QrCode;

/// A QR code (ISO/IEC 18004) as the parts of an SVG image.
///
/// @param size the length of its sides in modules, with the margin
/// @param path the dark modules, for the attribute `d`
public record QrImage(int size, String path) {
  /// The light margin on each side that readers need.
  private static final int MARGIN = 4;

  /// The image of a text.
  public static QrImage of(String text) {
    QrCode code = QrCode.encodeText(text, QrCode.Ecc.MEDIUM);
    StringBuilder path = new StringBuilder();
    for (int y = 0; y < code.size; y++) {
      for (int x = 0; x < code.size; x++) {
        if (code.getModule(x, y)) {
          path.append('M').append(x + MARGIN).append(' ').append(y + MARGIN).append("h1v1h-1z");
        }
      }
    }
    return new QrImage(code.size + 2 * MARGIN, path.toString());
  }
}
