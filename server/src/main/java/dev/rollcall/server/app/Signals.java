package dev.rollcall.server.app;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// The operator's wish to stop: Ctrl-C, `kill`, a closed terminal. The first asks, the second ends
/// the process at once.
///
/// `sun.misc.Signal` is supported API of the module jdk.unsupported and the only one there is: a
/// shutdown hook can neither choose the exit status nor hear a second signal. It is reached by
/// reflection because javac warns of it in a way that nothing can silence.
final class Signals {
  private static final List<String> STOPPING = List.of("INT", "TERM", "HUP");

  /// 128 and the number of SIGINT, as shells have it.
  private static final int KILLED = 130;

  private Signals() {}

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
              Signals.class.getClassLoader(), new Class<?>[] {handler}, onSignal);
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
