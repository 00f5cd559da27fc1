package dev.rollcall.icmp;

import java.time.Instant;

/// The two clocks: the one of the kernel's time stamps, which may be set, and one that only runs.
interface PingClock {
  PingClock SYSTEM =
      new PingClock() {
        @Override
        public long real() {
          Instant now = Instant.now();
          return now.getEpochSecond() * 1_000_000_000L + now.getNano();
        }

        @Override
        public long monotonic() {
          return System.nanoTime();
        }
      };

  /// Nanoseconds since 1970.
  long real();

  /// Nanoseconds since some moment.
  long monotonic();
}
