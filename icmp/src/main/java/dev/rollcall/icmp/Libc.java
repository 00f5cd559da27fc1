package dev.rollcall.icmp;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.Set;

/// The calls of Linux that sockets need. A call returns what the function returns, or `-errno` if
/// it failed. An object belongs to one thread at a time.
///
/// All functions are linked with one shape, six 64-bit integers to a 64-bit integer, because
/// linking a shape costs milliseconds of a start: both calling conventions (System V of x86-64,
/// AAPCS64) pass integers and pointers of all widths in the same registers, and the callee reads as
/// many bits as its own type has.
///
/// No call is `critical`: such a call delays the safepoints of the whole JVM, and sending a packet
/// may take long.
final class Libc {
  private static final Set<String> PROCESSORS = Set.of("amd64", "x86_64", "aarch64");

  private final MemorySegment state;

  private Libc(Arena arena) {
    this.state = arena.allocate(Functions.STATE);
  }

  /// The calls, with memory in `arena`.
  ///
  /// @throws IcmpUnavailableException on other systems than Linux, and without native access
  static Libc in(Arena arena) {
    String system = System.getProperty("os.name", "");
    String processor = System.getProperty("os.arch", "");
    if (!system.equals("Linux") || !PROCESSORS.contains(processor.toLowerCase(Locale.ROOT))) {
      throw new IcmpUnavailableException(
          "ICMP needs Linux on x86-64 or AArch64, and this is %s on %s"
              .formatted(system, processor));
    }
    try {
      return new Libc(arena);
    } catch (ExceptionInInitializerError | NoClassDefFoundError e) {
      throw new IcmpUnavailableException(
          "ICMP needs native access: start Java with --enable-native-access=ALL-UNNAMED, or with"
              + " =dev.rollcall.icmp where this is a named module"
              + (e.getCause() == null ? "" : " (" + e.getCause() + ")"));
    }
  }

  int socket(int family, int type, int protocol) {
    return call(Functions.SOCKET, family, type, protocol, 0, 0);
  }

  int close(int fd) {
    return call(Functions.CLOSE, fd, 0, 0, 0, 0);
  }

  int bind(int fd, MemorySegment address, int bytes) {
    return call(Functions.BIND, fd, address.address(), bytes, 0, 0);
  }

  int connect(int fd, MemorySegment address, int bytes) {
    return call(Functions.CONNECT, fd, address.address(), bytes, 0, 0);
  }

  /// @param bytes an int: the size of `address` before and after
  int getsockname(int fd, MemorySegment address, MemorySegment bytes) {
    return call(Functions.GETSOCKNAME, fd, address.address(), bytes.address(), 0, 0);
  }

  int setsockopt(int fd, int level, int name, MemorySegment value, int bytes) {
    return call(Functions.SETSOCKOPT, fd, level, name, value.address(), bytes);
  }

  /// @param bytes an int: the size of `value` before and after
  int getsockopt(int fd, int level, int name, MemorySegment value, MemorySegment bytes) {
    return call(Functions.GETSOCKOPT, fd, level, name, value.address(), bytes.address());
  }

  int eventfd(int initial, int flags) {
    return call(Functions.EVENTFD, initial, flags, 0, 0, 0);
  }

  int read(int fd, MemorySegment buffer, int bytes) {
    return call(Functions.READ, fd, buffer.address(), bytes, 0, 0);
  }

  int write(int fd, MemorySegment buffer, int bytes) {
    return call(Functions.WRITE, fd, buffer.address(), bytes, 0, 0);
  }

  /// Sends messages.
  ///
  /// @param messages the address of the first of `count` `struct mmsghdr`
  /// @return how many were sent; an error after the first is not reported
  int sendmmsg(int fd, long messages, int count, int flags) {
    try {
      return result(
          (long)
              Functions.SENDMMSG.invokeExact(
                  state, (long) fd, messages, (long) count, (long) flags, 0L, 0L));
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Receives messages.
  ///
  /// @param messages the address of the first of `count` `struct mmsghdr`
  /// @return how many were received
  int recvmmsg(int fd, long messages, int count, int flags) {
    try {
      return result(
          (long)
              Functions.RECVMMSG.invokeExact(
                  state, (long) fd, messages, (long) count, (long) flags, 0L, 0L));
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Waits for descriptors.
  ///
  /// @param descriptors the address of the first of `count` `struct pollfd`
  /// @param timeout the address of a `struct timespec`, or 0 for none
  /// @return how many are ready
  int ppoll(long descriptors, int count, long timeout) {
    try {
      return result(
          (long)
              Functions.PPOLL.invokeExact(state, descriptors, (long) count, timeout, 0L, 0L, 0L));
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private int call(MethodHandle function, long a, long b, long c, long d, long e) {
    try {
      return result((long) function.invokeExact(state, a, b, c, d, e, 0L));
    } catch (Throwable error) {
      throw new AssertionError(error);
    }
  }

  /// The upper half of what a function returns an int in has no meaning.
  private int result(long returned) {
    int result = (int) returned;
    return result == -1 ? -state.get(ValueLayout.JAVA_INT, Functions.ERRNO) : result;
  }

  private static final class Functions {
    static final StructLayout STATE = Linker.Option.captureStateLayout();
    static final long ERRNO = STATE.byteOffset(PathElement.groupElement("errno"));

    static final MethodHandle SOCKET = linked("socket");
    static final MethodHandle CLOSE = linked("close");
    static final MethodHandle BIND = linked("bind");
    static final MethodHandle CONNECT = linked("connect");
    static final MethodHandle GETSOCKNAME = linked("getsockname");
    static final MethodHandle SETSOCKOPT = linked("setsockopt");
    static final MethodHandle GETSOCKOPT = linked("getsockopt");
    static final MethodHandle EVENTFD = linked("eventfd");
    static final MethodHandle READ = linked("read");
    static final MethodHandle WRITE = linked("write");
    static final MethodHandle SENDMMSG = linked("sendmmsg");
    static final MethodHandle RECVMMSG = linked("recvmmsg");
    static final MethodHandle PPOLL = linked("ppoll");

    private Functions() {}

    @SuppressWarnings("restricted") // native access is what this class is for
    private static MethodHandle linked(String name) {
      Linker linker = Linker.nativeLinker();
      ValueLayout.OfLong number = ValueLayout.JAVA_LONG;
      return linker.downcallHandle(
          linker.defaultLookup().findOrThrow(name),
          FunctionDescriptor.of(number, number, number, number, number, number, number),
          Linker.Option.captureCallState("errno"));
    }
  }
}
