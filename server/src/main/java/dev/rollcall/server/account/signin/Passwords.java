package dev.rollcall.server.account.signin;

import dev.rollcall.server.account.definition.Digests;
import dev.rollcall.server.http.Unavailable;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Hashes passwords with Argon2id, with OWASP's parameters: 19 MiB, 2 passes, 1 lane, about 40 ms.
///
/// A few threads do it, one for four processors, and only some wait for them. So a flood of logins
/// takes a bounded part of the memory, and neither processors nor carriers from the checks.
public final class Passwords implements AutoCloseable {
  /// The longest password, in characters: a longer one only costs time.
  static final int LONGEST = 1_024;

  private static final System.Logger LOG = System.getLogger(Passwords.class.getName());
  private static final Argon2.Cost COST = new Argon2.Cost(19 * 1024, 2, 1);
  private static final int SALT_BYTES = 16;
  private static final int MOST_WAITING = 64;
  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

  private final SecureRandom random = new SecureRandom();
  private final ThreadPoolExecutor threads;

  /// What a password of an unknown address is compared with, so that it takes the same time. Made
  /// when it is needed: most starts need none.
  private volatile @Nullable String nobody;

  public Passwords() {
    int many = Math.max(1, Runtime.getRuntime().availableProcessors() / 4);
    threads =
        new ThreadPoolExecutor(
            many,
            many,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            Thread.ofPlatform().daemon().name("password-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /// The hash of a password, as it is stored (PHC string format).
  ///
  /// @throws Unavailable if too many are waiting
  String hash(String password) throws InterruptedException {
    return run(() -> hashNow(password));
  }

  /// Whether this is the password of the hash. Without a hash it takes the same time.
  ///
  /// @throws Unavailable if too many are waiting
  boolean matches(String password, Optional<String> hash) throws InterruptedException {
    return run(() -> matchesNow(password, hash.orElseGet(this::nobody)) && hash.isPresent());
  }

  private String nobody() {
    String known = nobody;
    if (known == null) {
      known = hashNow(Digests.secret());
      nobody = known;
    }
    return known;
  }

  private String hashNow(String password) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    return Argon2.hash(bytes(password), salt, COST);
  }

  /// Somebody has written into the table what is no hash: nothing is its password.
  private static boolean matchesNow(String password, String hash) {
    try {
      return Argon2.matches(bytes(password), hash);
    } catch (IllegalArgumentException e) {
      LOG.log(
          Level.ERROR,
          "{0}, so nobody can sign in with it: rollcall operator --reset makes another",
          e.getMessage());
      return false;
    }
  }

  /// Compared in one normal form (RFC 8265): keyboards differ in how they compose characters.
  private static byte[] bytes(String password) {
    return Normalizer.normalize(password, Normalizer.Form.NFC).getBytes(StandardCharsets.UTF_8);
  }

  private <R> R run(Callable<R> work) throws InterruptedException {
    Future<R> future;
    try {
      future = threads.submit(work);
    } catch (RejectedExecutionException e) {
      throw new Unavailable("too many people sign in at this moment", RETRY_AFTER);
    }
    try {
      return future.get();
    } catch (InterruptedException e) {
      future.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      throw new IllegalStateException("Argon2 does not work", e.getCause());
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
