package dev.rollcall.server.account.signin;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator.FixedBlockPool;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// Argon2id (RFC 9106), and its hashes as texts: `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`
/// (PHC string format).
///
/// The memory of a hash is used again for the next one of the same thread: 19 MiB of garbage for
/// each login would let strangers fill the heap. It goes with the thread.
final class Argon2 {
  private static final int VERSION = Argon2Parameters.ARGON2_VERSION_13;
  private static final int LENGTH = 32;

  /// A hash of more is not one of ours, and would not fit into a small heap.
  private static final int MOST_KIB = 64 * 1024;

  private static final Pattern TEXT =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,3}),p=(\\d{1,3})"
              + "\\$([A-Za-z0-9+/]{11,128})\\$([A-Za-z0-9+/]{22,128})");

  private static final ThreadLocal<Memory> MEMORY = new ThreadLocal<>();

  /// The blocks that a thread uses, each of 1 KiB.
  private record Memory(int blocks, FixedBlockPool pool) {}

  /// @param kib memory of a hash
  /// @param passes over the memory
  /// @param lanes that could be filled at the same time
  record Cost(int kib, int passes, int lanes) {}

  private Argon2() {}

  /// The hash of a password.
  static String hash(byte[] password, byte[] salt, Cost cost) {
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
        .formatted(
            cost.kib(),
            cost.passes(),
            cost.lanes(),
            base64.encodeToString(salt),
            base64.encodeToString(bytes(password, salt, cost, LENGTH)));
  }

  /// Whether this is the password of a hash, with the cost that the hash was made with.
  ///
  /// @throws IllegalArgumentException if the text is no such hash
  static boolean matches(byte[] password, String hash) {
    Matcher parts = TEXT.matcher(hash);
    if (!parts.matches()) {
      throw noHash();
    }
    Cost cost =
        new Cost(
            Integer.parseInt(parts.group(1)),
            Integer.parseInt(parts.group(2)),
            Integer.parseInt(parts.group(3)));
    if (cost.kib() > MOST_KIB || cost.kib() < 1 || cost.passes() < 1 || cost.lanes() < 1) {
      throw noHash();
    }
    byte[] salt = Base64.getDecoder().decode(parts.group(4).getBytes(US_ASCII));
    byte[] expected = Base64.getDecoder().decode(parts.group(5).getBytes(US_ASCII));
    return MessageDigest.isEqual(expected, bytes(password, salt, cost, expected.length));
  }

  private static IllegalArgumentException noHash() {
    return new IllegalArgumentException("a stored password is no hash of Argon2id");
  }

  private static byte[] bytes(byte[] password, byte[] salt, Cost cost, int length) {
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(VERSION)
            .withSalt(salt)
            .withMemoryAsKB(cost.kib())
            .withIterations(cost.passes())
            .withParallelism(cost.lanes())
            .withBlockPool(memory(cost.kib()))
            .build());
    byte[] hash = new byte[length];
    generator.generateBytes(password, hash);
    return hash;
  }

  private static FixedBlockPool memory(int blocks) {
    Memory memory = MEMORY.get();
    if (memory == null || memory.blocks() != blocks) {
      memory = new Memory(blocks, new FixedBlockPool(blocks));
      MEMORY.set(memory);
    }
    return memory.pool();
  }
}
