package dev.rollcall.server.sql;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToIntFunction;

/// How the constants of an enum are written: by a number in the tables that are large, and by a
/// word, the name in lower case, in other tables, in JSON and in addresses.
///
/// @param <E> the enum
public final class EnumCodec<E extends Enum<E>> {
  private final Class<E> type;
  private final E[] all;
  private final int[] codes;
  private final Map<E, String> words;

  private EnumCodec(Class<E> type, int[] codes) {
    this.type = type;
    this.all = type.getEnumConstants();
    this.codes = codes;
    this.words = new EnumMap<>(type);
    for (E each : all) {
      words.put(each, each.name().toLowerCase(Locale.ROOT));
    }
  }

  /// For an enum that has codes.
  public static <E extends Enum<E>> EnumCodec<E> of(Class<E> type, ToIntFunction<E> code) {
    return new EnumCodec<>(type, Arrays.stream(type.getEnumConstants()).mapToInt(code).toArray());
  }

  /// For an enum that is written by words alone.
  public static <E extends Enum<E>> EnumCodec<E> ofWords(Class<E> type) {
    return new EnumCodec<>(type, new int[0]);
  }

  /// The constant with this code.
  ///
  /// @throws IllegalArgumentException where there is none
  public E ofCode(int code) {
    for (int i = 0; i < codes.length; i++) {
      if (codes[i] == code) {
        return all[i];
      }
    }
    throw new IllegalArgumentException("no " + type.getSimpleName() + " has the code " + code);
  }

  /// `late`.
  public String word(E constant) {
    return Objects.requireNonNull(words.get(constant));
  }

  /// The constant that is called so.
  public Optional<E> find(String word) {
    for (E each : all) {
      if (word(each).equals(word)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  /// The constant that is called so, in a column.
  ///
  /// @throws IllegalArgumentException where there is none
  public E ofWord(String word) {
    return find(word)
        .orElseThrow(
            () ->
                new IllegalArgumentException("no " + type.getSimpleName() + " is called " + word));
  }
}
