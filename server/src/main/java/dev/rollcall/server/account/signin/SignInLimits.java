package dev.rollcall.server.account.signin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.rollcall.server.account.definition.AccountSettings;
import dev.rollcall.server.http.Refusal;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;

/// Limits how often somebody may try to sign in or to register: from one address, and with wrong
/// passwords or codes of one account. They hold for each process.
///
/// Wrong passwords are counted for the account together with the address, so that a stranger cannot
/// lock somebody else out, and, with ten times as many, for the account alone, for guesses that
/// come from many addresses.
public final class SignInLimits {
  private static final Duration OF_ADDRESS = Duration.ofMinutes(1);
  private static final Duration OF_ACCOUNT = Duration.ofMinutes(15);
  private static final Duration OF_CODES = Duration.ofHours(1);

  /// A code has six digits, and three are right at once: with 10 an hour, guessing one takes years.
  /// Who may try knows the password, so no stranger locks somebody out.
  private static final int WRONG_CODES = 10;

  private static final int FROM_EVERYWHERE = 10;
  private static final int MAILS = 3;
  private static final int MOST_KNOWN = 50_000;
  private static final int PREFIX_BYTES = 8;

  private final AccountSettings settings;
  private final Cache<String, Bucket> buckets =
      Caffeine.newBuilder().maximumSize(MOST_KNOWN).expireAfterAccess(OF_CODES).build();

  public SignInLimits(AccountSettings settings) {
    this.settings = settings;
  }

  /// Counts a login from this address.
  ///
  /// @throws Refusal 429 if there were too many
  public void login(InetAddress address) {
    take("login " + network(address), settings.loginsOfAddress(), OF_ADDRESS);
  }

  /// Counts a registration from this address.
  ///
  /// @throws Refusal 429 if there were too many
  public void registration(InetAddress address) {
    take("register " + network(address), settings.registrationsOfAddress(), OF_ADDRESS);
  }

  /// Counts a mail with a link for another password.
  ///
  /// @param account the key of its address, whether there is such an account or not
  /// @throws Refusal 429 if there were too many
  void reset(String account) {
    take("reset " + account, MAILS, OF_ACCOUNT);
  }

  /// Counts a password that is going to be compared as a wrong one.
  ///
  /// @param account the key of its address, whether there is such an account or not
  /// @throws Refusal 429 if there were too many
  void beforePassword(InetAddress address, String account) {
    take(here(address, account));
    take(everywhere(account));
  }

  /// It was right, or was not compared: it does not count.
  void notWrongPassword(InetAddress address, String account) {
    here(address, account).addTokens(1);
    everywhere(account).addTokens(1);
  }

  /// Counts a code of the second factor that is going to be compared as a wrong one.
  ///
  /// @throws Refusal 429 if there were too many
  void beforeCode(long account) {
    take(codes(account));
  }

  /// It was right: it does not count.
  void rightCode(long account) {
    codes(account).addTokens(1);
  }

  private Bucket codes(long account) {
    return bucket("code " + account, WRONG_CODES, OF_CODES);
  }

  private Bucket here(InetAddress address, String account) {
    return bucket(
        "wrong " + network(address) + " " + account, settings.wrongPasswords(), OF_ACCOUNT);
  }

  private Bucket everywhere(String account) {
    return bucket(
        "wrong " + account, (long) settings.wrongPasswords() * FROM_EVERYWHERE, OF_ACCOUNT);
  }

  private void take(String key, long most, Duration span) {
    take(bucket(key, most, span));
  }

  private static void take(Bucket bucket) {
    ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
    if (!probe.isConsumed()) {
      throw tooMany(Duration.ofNanos(probe.getNanosToWaitForRefill()));
    }
  }

  private static Refusal tooMany(Duration wait) {
    long seconds = Math.max(1, wait.plusMillis(999).toSeconds());
    return Refusal.of(429, "too many attempts: try again in " + seconds + " s")
        .with("Retry-After", Long.toString(seconds));
  }

  private Bucket bucket(String key, long most, Duration span) {
    return buckets.get(
        key,
        _ ->
            Bucket.builder()
                .addLimit(limit -> limit.capacity(most).refillGreedy(most, span))
                .build());
  }

  /// The address; of IPv6 the /64, as everybody has as many of its addresses as they like.
  private static String network(InetAddress address) {
    byte[] bytes = address.getAddress();
    return address instanceof Inet6Address
        ? HexFormat.of().formatHex(Arrays.copyOf(bytes, PREFIX_BYTES))
        : address.getHostAddress();
  }
}
