package dev.rollcall.icmp;

/// The size of the probes of a trace that looks for the MTU: it shrinks when a router asks for
/// smaller packets. For one thread.
final class ProbeSize {
  /// Every link takes packets of this size.
  static final int LEAST = 60;

  private static final int MOST_SHRINKS = 8;

  /// Sizes of packets that links take (RFC 1191 section 7.1), for routers that do not say theirs.
  private static final int[] PLATEAUS = {9000, 4352, 2002, 1492, 1480, 1400, 1280, 1006, 576, 296};

  private final long[] from = new long[2 * MOST_SHRINKS];
  private final int[] mtu = new int[MOST_SHRINKS];
  private int shrinks;
  private int octets;

  /// How often it may shrink.
  static int mostShrinks() {
    return MOST_SHRINKS;
  }

  /// Begins with a size.
  void begin(int largest) {
    shrinks = 0;
    octets = largest;
  }

  int octets() {
    return octets;
  }

  /// A router asked for smaller packets.
  ///
  /// @param sent the size that it did not take
  /// @param most what the link behind it takes; 0 if it does not say
  void shrink(int sent, int most, long fromHigh, long fromLow) {
    int smaller = smaller(sent, most);
    if (smaller < octets && shrinks < MOST_SHRINKS) {
      from[2 * shrinks] = fromHigh;
      from[2 * shrinks + 1] = fromLow;
      mtu[shrinks++] = smaller;
      octets = smaller;
    }
  }

  private static int smaller(int than, int most) {
    if (most >= LEAST && most < than) {
      return most;
    }
    for (int plateau : PLATEAUS) {
      if (plateau < than) {
        return plateau;
      }
    }
    return LEAST;
  }

  /// The largest packet that the link behind a router takes; 0 if the router did not say it.
  int mtu(long high, long low) {
    for (int i = 0; i < shrinks; i++) {
      if (from[2 * i] == high && from[2 * i + 1] == low) {
        return mtu[i];
      }
    }
    return 0;
  }
}
