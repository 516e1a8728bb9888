package fogbank;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** One daemon for all tests: that of FOGBANK_BUILD (build/dev where not set), or the one at FOGBANK_ENDPOINT. */
final class Daemon {
    private static final URI ENDPOINT = start();

    private Daemon() {}

    static URI endpoint() {
        return ENDPOINT;
    }

    /** Twelve digits: an access key that is an account of its own. */
    static StaticCredentialsProvider account() {
        long number = ThreadLocalRandom.current().nextLong(100_000_000_000L);
        return StaticCredentialsProvider.create(AwsBasicCredentials.create("%011d6".formatted(number), "test"));
    }

    private static URI start() {
        String given = System.getenv("FOGBANK_ENDPOINT");
        if (given != null) return URI.create(given);
        try {
            Path root = Path.of("../../..").toAbsolutePath().normalize();
            String build = System.getenv().getOrDefault("FOGBANK_BUILD", root.resolve("build/dev").toString());
            Path state = Files.createTempDirectory("fogbank-java-");
            String address = "127.0.0.1:" + freePort();
            Process daemon = new ProcessBuilder(Path.of(build, "emulator/fogbank").toString(), "start", "--listen",
                    address, "--state-dir", state.resolve("state").toString())
                    .redirectError(state.resolve("daemon.log").toFile()).start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(daemon, state)));
            BufferedReader output = new BufferedReader(new InputStreamReader(daemon.getInputStream()));
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.equals("Ready.")) return URI.create("http://" + address);
            }
            throw new IllegalStateException("the daemon ended before it was ready: " + build);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    private static void stop(Process daemon, Path state) {
        daemon.destroy();
        try {
            if (!daemon.waitFor(30, TimeUnit.SECONDS)) daemon.destroyForcibly();
            try (var files = Files.walk(state)) {
                files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
            }
        } catch (InterruptedException | IOException error) {
            System.err.println("the daemon's state stays at " + state + ": " + error);
        }
    }
}
