package dev.rollcall.probe.spring;

import jakarta.servlet.http.HttpServletRequest;

/// What whoever sent a request may see of health, besides whether all is well.
interface Visibility {
  /// Nobody sees more.
  Visibility NONE =
      new Visibility() {
        @Override
        public boolean components(HttpServletRequest request) {
          return false;
        }

        @Override
        public boolean details(HttpServletRequest request) {
          return false;
        }
      };

  /// Whether it may see which probes there are, and how each is.
  boolean components(HttpServletRequest request);

  /// Whether it may see why, how long it took, and what else a probe tells.
  boolean details(HttpServletRequest request);
}
