package dev.rollcall.probes;

import java.util.function.BooleanSupplier;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.protocol.HttpClientContext;

/// One check on its way through HttpClient, which hands its context to everything it calls.
final class Exchange extends HttpClientContext {
  private static final RequestConfig PLAIN =
      RequestConfig.custom()
          .setProtocolUpgradeEnabled(false)
          .setAuthenticationEnabled(false)
          .setRedirectsEnabled(false)
          .build();

  private final Progress progress;
  private final HttpSettings settings;
  private final AnswerMemory.Share memory;
  private final BooleanSupplier wanted;
  private boolean mayReuse;
  private boolean reused;

  /// @param wanted whether a request is still to be sent
  Exchange(
      Progress progress, HttpSettings settings, AnswerMemory.Share memory, BooleanSupplier wanted) {
    this.progress = progress;
    this.settings = settings;
    this.memory = memory;
    this.wanted = wanted;
    setRequestConfig(PLAIN);
    setUserToken(this); // What HttpClient hands over when it asks for a connection.
  }

  Progress progress() {
    return progress;
  }

  HttpSettings settings() {
    return settings;
  }

  /// Whether a request is still to be sent.
  boolean isWanted() {
    return wanted.getAsBoolean();
  }

  /// What the answers of this check hold.
  AnswerMemory.Share memory() {
    return memory;
  }

  /// Says whether the next request may go over a connection that was used before.
  void mayReuse(boolean may) {
    mayReuse = may;
    reused = false;
  }

  boolean mayReuse() {
    return mayReuse;
  }

  /// Notes that the request goes over a connection that was used before.
  void reuses() {
    reused = true;
  }

  boolean reused() {
    return reused;
  }
}
