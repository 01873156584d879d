import Hub

extension HubServices {
    /// Registers what the metrics tell of maintenance.
    func registerMaintenanceGauges() {
        let maintenance = core.maintenance
        metrics.gauge("hub_counties_read_only") {
            Double(maintenance.counts.readOnly)
        }
        metrics.gauge("hub_counties_sweeps_held") {
            Double(maintenance.counts.held)
        }
        metrics.gauge("hub_database_writable") {
            maintenance.databaseIsWritable ? 1 : 0
        }
    }
}
