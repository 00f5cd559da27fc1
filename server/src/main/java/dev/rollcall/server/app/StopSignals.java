package dev.rollcall.server.app;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// The signals that stop the process: Ctrl-C, `kill`, a closed terminal. After the first, the
/// process ends in order; after the second, at once.
///
/// `sun.misc.Signal` is a supported API of the module jdk.unsupported. There is no other: a
/// shutdown hook can neither set the exit status nor receive a second signal. It is called by
/// reflection, because the warning of javac about it cannot be suppressed.
final class StopSignals {
  private static final List<String> STOPPING = List.of("INT", "TERM", "HUP");

  /// 128 plus the number of SIGINT, as in shells.
  private static final int KILLED = 130;

  private StopSignals() {}

  /// A latch that the first signal opens.
  static CountDownLatch stop() {
    CountDownLatch stop = new CountDownLatch(1);
    InvocationHandler onSignal =
        (proxy, method, arguments) -> {
          if (method.getDeclaringClass() == Object.class) {
            return method.invoke(stop, arguments);
          }
          if (stop.getCount() == 0) {
            Runtime.getRuntime().halt(KILLED);
          }
          stop.countDown();
          return null;
        };
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              StopSignals.class.getClassLoader(), new Class<?>[] {handler}, onSignal);
      for (String name : STOPPING) {
        signal
            .getMethod("handle", signal, handler)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("no signals in this Java: run it with jdk.unsupported", e);
    }
    return stop;
  }
}
