package dev.netbase.standalone;

/** The real command line over stand-in services. */
public final class StandInNetbase {
    private StandInNetbase() {}

    public static void main(String[] args) {
        System.exit(Netbase.execute(StandInService.three(), args));
    }
}
