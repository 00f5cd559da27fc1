package dev.rollcall.probes;

import com.ibm.icu.text.IDNA;
import java.util.Locale;
import java.util.Set;

/// Host names in the form that is looked up: in ASCII, as browsers and curl write them (UTS 46,
/// non-transitional, which is IDNA 2008). `java.net.IDN` implements IDNA 2003, which turns
/// `straße.example` into a name of another organisation.
public final class HostNames {
  private HostNames() {}

  /// `name` in ASCII and in lower case. A name that is already in ASCII is kept: underscores stay.
  ///
  /// @throws IllegalArgumentException if it is not a valid host name
  public static String ascii(String name) {
    if (isAscii(name)) {
      return name.toLowerCase(Locale.ROOT);
    }
    try {
      return Unicode.ascii(name);
    } catch (NoClassDefFoundError e) {
      throw new IllegalArgumentException(
          "the host name \"%s\" is not in ASCII: write it as xn--..., or add com.ibm.icu:icu4j to the"
                  .formatted(name)
              + " class path",
          e);
    }
  }

  private static boolean isAscii(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) >= 128) {
        return false;
      }
    }
    return true;
  }

  /// The only class that needs ICU, which is optional.
  private static final class Unicode {
    /// What names inside of networks are allowed all the same, and the DNS can carry.
    private static final Set<IDNA.Error> FORGIVEN =
        Set.of(
            IDNA.Error.LEADING_HYPHEN,
            IDNA.Error.TRAILING_HYPHEN,
            IDNA.Error.HYPHEN_3_4,
            IDNA.Error.EMPTY_LABEL);

    private static final IDNA RULES =
        IDNA.getUTS46Instance(
            IDNA.NONTRANSITIONAL_TO_ASCII | IDNA.CHECK_BIDI | IDNA.CHECK_CONTEXTJ);

    static String ascii(String name) {
      IDNA.Info info = new IDNA.Info();
      String ascii = RULES.nameToASCII(name, new StringBuilder(), info).toString();
      if (!FORGIVEN.containsAll(info.getErrors())) {
        throw new IllegalArgumentException("\"%s\" is no host name".formatted(name));
      }
      return ascii;
    }
  }
}
