package dev.rollcall.server.terminal;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// How much a terminal shows at once.
///
/// @param rows from top to bottom
/// @param columns from left to right
record TerminalSize(int rows, int columns) {
  /// Where the terminal does not say.
  static final TerminalSize USUAL = new TerminalSize(24, 80);

  /// That of the terminal that shows standard output, as it is now: a person may change it.
  static TerminalSize now() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(4 * ValueLayout.JAVA_SHORT.byteSize());
      if ((int) Native.IOCTL.invokeExact(1, Native.GET_SIZE, size) != 0) {
        return USUAL;
      }
      int rows = Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, 0));
      int columns = Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, 1));
      return rows == 0 || columns == 0 ? USUAL : new TerminalSize(rows, columns);
    } catch (Throwable e) {
      throw new IllegalStateException("the call of ioctl failed", e);
    }
  }

  /// `ioctl(TIOCGWINSZ)` of Linux, which writes a `struct winsize`: rows and columns, and as much
  /// in pixels.
  @SuppressWarnings("restricted")
  private static final class Native {
    static final long GET_SIZE = 0x5413;
    static final MethodHandle IOCTL =
        Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow("ioctl"),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.ADDRESS),
                Linker.Option.firstVariadicArg(2));
  }
}
