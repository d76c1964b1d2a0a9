package dev.netbase.e2e;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;

/** Does one bad thing after another to a cluster, as a seed says. */
final class Chaos {
    private final Cluster cluster;
    private final Random random;

    /** What can go wrong, as often as it is named here. */
    private enum Fault {
        KILL_SCHEDULER,
        KILL_WORKER,
        KILL_API,
        KILL_KAFKA,
        KILL_POSTGRES,
        CUT,
        SLOW,
        STALL,
        REFUSE,
        ABANDON
    }

    private static final List<Fault> MIX = List.of(
            Fault.KILL_SCHEDULER,
            Fault.KILL_SCHEDULER,
            Fault.KILL_SCHEDULER,
            Fault.KILL_WORKER,
            Fault.KILL_WORKER,
            Fault.KILL_WORKER,
            Fault.KILL_API,
            Fault.KILL_KAFKA,
            Fault.KILL_POSTGRES,
            Fault.CUT,
            Fault.CUT,
            Fault.SLOW,
            Fault.STALL,
            Fault.REFUSE,
            Fault.ABANDON,
            Fault.ABANDON);

    Chaos(Cluster cluster, long seed) {
        this.cluster = cluster;
        this.random = new Random(seed);
    }

    /**
     * Goes on for this long; then all processes run again and all connections are as they should be. Answers when that
     * came true.
     */
    Instant rage(Duration duration) throws InterruptedException {
        long end = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() < end) {
            strike(MIX.get(random.nextInt(MIX.size())));
            Thread.sleep(random.nextLong(300, 2_000));
        }
        cluster.postgres().heal();
        cluster.kafka().heal();
        cluster.awaitProcesses();
        return Instant.now();
    }

    private void strike(Fault fault) throws InterruptedException {
        boolean database = random.nextBoolean();
        FaultProxy proxy = database ? cluster.postgres() : cluster.kafka();
        Duration length = Duration.ofMillis(random.nextLong(200, 3_000));
        String number = suffix(1 + random.nextInt(Cluster.INSTANCES));
        System.out.printf(
                "chaos: %s %s %s %s%n", Instant.now(), fault, target(fault, database, number), length.toMillis());
        switch (fault) {
            case KILL_SCHEDULER -> cluster.kill("scheduler-service" + number);
            case KILL_WORKER -> cluster.kill("wasm-worker" + number);
            case KILL_API -> cluster.kill("asset-api");
            case KILL_KAFKA -> cluster.kill("kafka");
            case KILL_POSTGRES -> cluster.kill("postgres");
            case CUT -> proxy.cut();
            case ABANDON -> proxy.abandon();
            case SLOW -> {
                proxy.slow(Duration.ofMillis(random.nextLong(20, 300)));
                healAfter(proxy, length);
            }
            case STALL -> {
                proxy.stall();
                healAfter(proxy, length);
            }
            case REFUSE -> {
                proxy.refuse();
                healAfter(proxy, length);
            }
        }
    }

    private static void healAfter(FaultProxy proxy, Duration length) throws InterruptedException {
        Thread.sleep(length);
        proxy.heal();
    }

    private static String suffix(int instance) {
        return instance == 1 ? "" : "-" + instance;
    }

    private static String target(Fault fault, boolean database, String number) {
        return switch (fault) {
            case KILL_SCHEDULER, KILL_WORKER -> number.isEmpty() ? "-1" : number;
            case KILL_API, KILL_KAFKA, KILL_POSTGRES -> "";
            case CUT, SLOW, STALL, REFUSE, ABANDON -> database ? "postgres" : "kafka";
        };
    }
}
