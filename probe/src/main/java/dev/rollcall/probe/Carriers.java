package dev.rollcall.probe;

import org.jspecify.annotations.Nullable;

/// The threads of the JVM that carry all virtual threads, of which there are as many as processors.
///
/// A virtual thread that uses the processor without end, or blocks in native code, keeps one of
/// them; a few of those, and no virtual thread of the whole application goes on. For as long as a
/// check does so, one more is lent: then it takes processor time from the application, as any
/// thread would, and not its life. The JVM lets their number be changed from Java 24 on; before
/// that, nothing can be lent.
///
/// Used by one thread at a time.
final class Carriers {
  /// The JVM's own bean, named by text since it is younger than the Java that this is compiled for,
  /// and in a module that need not be there.
  private static final String BEAN = "jdk.management.VirtualThreadSchedulerMXBean";

  private int lent;

  /// How many are lent.
  int lent() {
    return lent;
  }

  /// Lends one more, if the JVM can.
  void lend() {
    if (change(1)) {
      lent++;
    }
  }

  /// Takes one back.
  void giveBack() {
    change(-1);
    lent--;
  }

  /// Whether one of them carries nothing, though there may be something to carry: one that has just
  /// been lent, and not been woken.
  boolean oneSleeps() {
    try {
      Scheduler scheduler = Scheduler.ofTheJvm();
      return scheduler.number("getMountedVirtualThreadCount") < scheduler.number("getParallelism");
    } catch (ReflectiveOperationException | LinkageError e) {
      return false;
    }
  }

  private static boolean change(int by) {
    try {
      Scheduler scheduler = Scheduler.ofTheJvm();
      synchronized (scheduler.type) { // there may be a second copy of this class in the JVM
        scheduler
            .type
            .getMethod("setParallelism", int.class)
            .invoke(scheduler.bean, scheduler.number("getParallelism") + by);
      }
      return true;
    } catch (ReflectiveOperationException | LinkageError e) {
      return false;
    }
  }

  private record Scheduler(Class<?> type, Object bean) {
    static Scheduler ofTheJvm() throws ReflectiveOperationException {
      Class<?> type = Class.forName(BEAN);
      @Nullable Object bean =
          Class.forName("java.lang.management.ManagementFactory")
              .getMethod("getPlatformMXBean", Class.class)
              .invoke(null, type);
      if (bean == null) {
        throw new NoSuchMethodException(BEAN);
      }
      return new Scheduler(type, bean);
    }

    int number(String of) throws ReflectiveOperationException {
      return (int) type.getMethod(of).invoke(bean);
    }
  }
}
