package dev.rollcall.probe.servlet.example;

import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probe.Prober;
import dev.rollcall.probe.servlet.HealthFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;

/// A web application on Jetty which says at `/_health` whether it can write to its folder: run it
/// with a port and a folder.
public final class ExampleApplication {
  private ExampleApplication() {}

  /// Serves until it is ended.
  public static void main(String[] arguments) throws Exception {
    serve(Integer.parseInt(arguments[0]), Path.of(arguments[1])).join();
  }

  static Server serve(int port, Path folder) throws Exception {
    Prober prober =
        new Prober()
            .add(
                Probe.of(
                    "folder",
                    attempt -> {
                      if (!Files.isWritable(folder)) {
                        throw new ProbeFailure("cannot write to " + folder);
                      }
                    }));
    ServletContextHandler application = new ServletContextHandler("/shop");
    application.addFilter(
        new FilterHolder(new HealthFilter(prober)), "/*", EnumSet.of(DispatcherType.REQUEST));
    application.addServlet(new ServletHolder(new Orders()), "/orders/*");
    Server server = new Server(port);
    server.setHandler(application);
    server.start();
    return server;
  }

  /// What the application is there for.
  private static final class Orders extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.getWriter().print("no orders");
    }
  }
}
