package dev.rollcall.server.account.sso;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.rollcall.server.account.definition.ServerKey;
import dev.rollcall.server.account.oidc.BegunSignIn;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.secret.SecretBox;
import dev.rollcall.server.time.Clock;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.function.Supplier;

/// Sign-ins that have begun at a provider. Each is kept by its browser, in an encrypted cookie, and
/// ends once.
public final class BegunSignIns {
  /// How long somebody has to sign in at the provider.
  public static final Duration TIME = Duration.ofMinutes(10);

  private static final String PLACE = "cookie";
  private static final int MOST_USED = 20_000;

  private final Supplier<SecretBox> box;
  private final Clock clock;

  /// The states of those that have ended: the same answer of a provider counts once.
  private final Cache<String, Boolean> used =
      Caffeine.newBuilder().maximumSize(MOST_USED).expireAfterWrite(TIME).build();

  public BegunSignIns(Supplier<SecretBox> box, Clock clock) {
    this.box = box;
    this.clock = clock;
  }

  /// A new one.
  ///
  /// @param account to connect with the provider; 0 to sign in
  /// @param invitation the code that led here, without blanks; may be empty
  BegunSignIn begin(String provider, long account, String invitation) {
    return BegunSignIn.of(provider, account, invitation, clock.wall().plus(TIME));
  }

  /// What its browser has to bring back.
  String cookie(BegunSignIn begun) {
    return ServerKey.readable(() -> box.get().seal(begun.text(), PLACE));
  }

  /// The sign-in that a browser has begun, and that ends now.
  ///
  /// @param state that the provider has sent back
  /// @param cookie that the browser has brought back
  /// @throws Refusal (400) if it has begun none, it has taken too long, or has ended before
  BegunSignIn end(String provider, String state, String cookie) {
    return ServerKey.readable(() -> box.get().open(cookie, PLACE))
        .flatMap(BegunSignIn::read)
        .filter(one -> one.provider().equals(provider) && isSame(one.state(), state))
        .filter(one -> clock.wall().isBefore(one.endsAt()))
        .filter(one -> used.asMap().putIfAbsent(one.state(), true) == null)
        .orElseThrow(
            () ->
                Refusal.badRequest(
                    "this sign-in was not begun in this browser, took more than "
                        + TIME.toMinutes()
                        + " minutes, or has ended: sign in again"));
  }

  private static boolean isSame(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }
}
