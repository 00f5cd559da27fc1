package dev.rollcall.server.sql;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToIntFunction;

/// The representations of the constants of an enum: a number in large tables; a word, the name in
/// lower case, in other tables, in JSON and in URLs.
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

  /// For an enum that has only words.
  public static <E extends Enum<E>> EnumCodec<E> ofWords(Class<E> type) {
    return new EnumCodec<>(type, new int[0]);
  }

  /// The constant with this code.
  ///
  /// @throws IllegalArgumentException if there is none
  public E ofCode(int code) {
    for (int i = 0; i < codes.length; i++) {
      if (codes[i] == code) {
        return all[i];
      }
    }
    throw new IllegalArgumentException("no " + type.getSimpleName() + " has the code " + code);
  }

  /// The word, such as `late`.
  public String word(E constant) {
    return Objects.requireNonNull(words.get(constant));
  }

  /// The constant with this word.
  public Optional<E> find(String word) {
    for (E each : all) {
      if (word(each).equals(word)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  /// The constant with this word, which was read from a column.
  ///
  /// @throws IllegalArgumentException if there is none
  public E ofWord(String word) {
    return find(word)
        .orElseThrow(
            () ->
                new IllegalArgumentException("no " + type.getSimpleName() + " is called " + word));
  }
}
