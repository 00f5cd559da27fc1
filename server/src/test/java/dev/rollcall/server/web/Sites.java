package dev.rollcall.server.web;

import dev.rollcall.server.http.BasePath;
import java.util.List;

/// Sites for tests of pages.
public final class Sites {
  /// An owner without a channel.
  public static final long UNTOLD = 77;

  private Sites() {}

  /// A site below a base path, without a notice.
  public static Site below(String base) {
    return new Site(
        new BasePath(base),
        Texts.ENGLISH,
        List.of(
            new Site.Section("services", "/", "Services", "Show the services", true, false),
            new Site.Section(
                "heartbeats", "/heartbeats", "Heartbeats", "the heartbeats", true, true)),
        () -> "",
        owner -> owner != UNTOLD,
        owner -> new Site.Open(owner == UNTOLD ? 0 : 12, owner == 5),
        IllegalStateException.class::isInstance,
        () -> {});
  }
}
