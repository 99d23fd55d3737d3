// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Logging
internal import TUF
internal import TrustCore

/// Looks at what the server has when somebody asks for metrics, and sets the gauges.
///
/// There are no channels' names in them: metrics may be public. Of many logs and channels the sum or the worst is told.
actor ServerGauges {
    private let parts: ServerParts
    /// When roles expire, by channel, as long as its timestamp is the same: each look verifies the metadata.
    private var expiries: [Int64: (timestamp: Digest, roles: [String: Timestamp])] = [:]

    init(_ parts: ServerParts) { self.parts = parts }

    private struct Facts: Sendable {
        var entries: [Bool: Int64] = [:]
        var checkpoints: [(isServers: Bool, size: Int64, checkpoint: HostedDocument?)] = []
        var timestamps: [(channel: HostedChannel, document: HostedDocument)] = []
        var usage = ChannelUsage()
        var channels = 0
        var stale = 0
        var keys = 0
    }

    /// Sets them all. What cannot be found out keeps its last value, and is told in the log.
    func update() async {
        do {
            let facts = try await facts()
            try await set(facts)
            parts.condition.set(.database, to: false)
        } catch {
            parts.logger.error("metrics could not be made: \(error)")
        }
        if let free = try? parts.blobs.freeBytes() {
            parts.metrics.set("kingsnake_free_bytes", to: Double(free))
        }
        let faults = parts.condition.faults
        for fault in ServerCondition.Fault.allCases {
            parts.metrics.set(
                "kingsnake_fault",
                ["fault": fault.rawValue],
                to: faults.contains(fault) ? 1 : 0
            )
        }
    }

    private func facts() async throws -> Facts {
        try await parts.database.read { transaction in
            var facts = Facts()
            for log in try transaction.logs() {
                let isServers = log.channel == nil
                facts.entries[isServers, default: 0] += log.size
                let document = try transaction.document(LogDocuments.checkpoint, in: .log(log.id))
                facts.checkpoints.append((isServers, log.size, document))
            }
            for channel in try transaction.channels() {
                facts.channels += 1
                let usage = try transaction.usage(of: channel.id)
                facts.usage.bytes += usage.bytes
                facts.usage.files += usage.files
                let timestamp = try transaction.document(
                    HostedRepository.timestampPath,
                    in: .channel(channel.id)
                )
                if let timestamp { facts.timestamps.append((channel, timestamp)) }
            }
            facts.stale = try transaction.staleSubdirs().count
            facts.keys = try transaction.accessKeys(of: nil).count
            return facts
        }
    }

    private func set(_ facts: Facts) async throws {
        let metrics = parts.metrics, now = parts.now()
        var behind: [Bool: Int64] = [true: 0, false: 0]
        for (isServers, size, checkpoint) in facts.checkpoints {
            var published: Int64 = 0
            if let checkpoint {
                let bytes = try await parts.blobs.bytes(
                    of: checkpoint.blob,
                    maximumLength: SignedNote.maximumLength
                )
                published = try Checkpoint(text: SignedNote(parsing: bytes).text).size
            }
            behind[isServers, default: 0] += max(0, size - published)
        }
        for isServers in [true, false] {
            let labels = ["log": isServers ? "server" : "private"]
            metrics.set("kingsnake_log_entries", labels, to: Double(facts.entries[isServers] ?? 0))
            metrics.set("kingsnake_log_entries_unpublished", labels, to: Double(behind[isServers] ?? 0))
        }
        metrics.set("kingsnake_channels", to: Double(facts.channels))
        metrics.set("kingsnake_package_files", to: Double(facts.usage.files))
        metrics.set("kingsnake_package_bytes", to: Double(facts.usage.bytes))
        metrics.set("kingsnake_stale_subdirs", to: Double(facts.stale))
        metrics.set("kingsnake_access_keys", to: Double(facts.keys))
        let oldest = facts.timestamps.map(\.document.modified).min() ?? now
        metrics.set(
            "kingsnake_timestamp_age_seconds",
            to: Double(max(0, now.seconds - oldest.seconds))
        )
        var soonest: [String: Timestamp] = [:]
        for (channel, document) in facts.timestamps {
            let roles = try await expiries(of: channel, document.blob)
            soonest.merge(roles) { min($0, $1) }
        }
        for (role, moment) in soonest {
            metrics.set("kingsnake_role_expiry_time_seconds", ["role": role], to: Double(moment.seconds))
        }
    }

    private func expiries(of channel: HostedChannel, _ timestamp: Digest) async throws -> [String: Timestamp]
    {
        if let known = expiries[channel.id], known.timestamp == timestamp { return known.roles }
        let settings = try ChannelIndexSettings(channel.settings)
        let repository = try await HostedRepository(
            of: channel,
            lifetimes: settings.lifetimes,
            database: parts.database,
            blobs: parts.blobs
        )
        var roles: [String: Timestamp] = [:]
        for status in repository?.editor.status ?? [] {
            guard let expires = status.expires else { continue }
            let name =
                switch status.role {
                case .root, .targets, .snapshot, .timestamp: status.role.text
                default: "delegated"
                }
            roles[name] = min(roles[name] ?? expires, expires)
        }
        expiries[channel.id] = (timestamp, roles)
        return roles
    }
}

extension ServerMetrics {
    /// What the gauges and the workers' counters mean.
    static let operationTexts = [
        "kingsnake_log_entries": "Entries of publish logs: the server's own, and private channels' together.",
        "kingsnake_log_entries_unpublished": "Entries that no published checkpoint has yet.",
        "kingsnake_channels": "Channels.",
        "kingsnake_package_files": "Packages that are served.",
        "kingsnake_package_bytes": "Bytes of packages that are served, counted once for each channel.",
        "kingsnake_blob_bytes": "Bytes of all files that are kept, as of the last hour.",
        "kingsnake_free_bytes": "Bytes that may still be written to the disk of the files.",
        "kingsnake_stale_subdirs": "Subdirs whose index lags behind.",
        "kingsnake_access_keys": "Keys to the server that are good.",
        "kingsnake_timestamp_age_seconds": "Age of the oldest timestamp of a signed channel.",
        "kingsnake_role_expiry_time_seconds":
            "When the first of all channels' roles of a kind expires, in seconds since 1970.",
        "kingsnake_fault": "Whether something keeps the server from its work: see /health/ready.",
        "kingsnake_records_signed_total": "Records of indexes that were signed for conda content trust.",
        "kingsnake_index_runs_total": "Indexes and signatures that were made and put in force.",
        "kingsnake_index_failures_total": "Times that a channel's index could not be made or signed.",
        "kingsnake_index_seconds": "Time that making and signing a channel's index took.",
        "kingsnake_uploads_total":
            "Uploaded packages by what became of them; requests, where refused or failed.",
        "kingsnake_sigstore_update_failures_total": "Updates of a Sigstore instance's keys that failed.",
        "kingsnake_sigstore_keys_expiry_time_seconds":
            "Until when the keys of the Sigstore instance hold without another update, in seconds since 1970.",
    ]

    /// Counters that are there from the start, so that their first step is seen.
    func startCounters() {
        for name in [
            "kingsnake_index_runs_total", "kingsnake_index_failures_total",
            "kingsnake_sigstore_update_failures_total",
        ] { add(name, [:], 0) }
        for outcome in ["accepted", "attested", "unchanged", "refused", "failed"] {
            add("kingsnake_uploads_total", ["outcome": outcome], 0)
        }
    }
}
