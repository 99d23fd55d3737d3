// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Gatekeeper
import TrustCore
import TrustPolicy

/// Explains a package by its name: which files the pinned channels list for this machine, and those that a proxy observed
/// when it last asked, and which of them are hidden.
struct PackageListing {
    let subject: Subject
    /// By which it is judged; nil for the user's own.
    let policy: PolicyFile?
    let gate: GateOptions
    let console: Console

    /// Which files are meant.
    enum Subject {
        case name(PackageName)
        case version(PackageName, CondaVersion)
        case file(ArchiveFileName)

        /// Reads a name, `name=version` or a file name; nil for anything else.
        init?(_ text: String) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if let file = try? ArchiveFileName(text) {
                self = .file(file)
            } else if let first = parts.first, let name = try? PackageName(first), !name.isVirtual {
                guard parts.count == 2 else {
                    self = .name(name)
                    return
                }
                guard let version = try? CondaVersion(parts[1]) else { return nil }
                self = .version(name, version)
            } else {
                return nil
            }
        }

        var name: PackageName {
            switch self {
            case .name(let name), .version(let name, _): name
            case .file(let file): file.name
            }
        }

        func fits(_ record: PackageRecord) -> Bool {
            switch self {
            case .name: true
            case .version(_, let version): (try? CondaVersion(record.version)) == version
            case .file(let file): record.fileName == file
            }
        }
    }

    /// Asks every pinned channel, looks at what is remembered of the others, and says what is found.
    func explain() async throws {
        let channels = try gate.trustStore.channels().map(\.url)
        let observed = try self.observed.channels().filter { !channels.contains($0) }
        guard !channels.isEmpty || !observed.isEmpty else {
            throw Refusal(GateCode.notTrusted, subject.name.raw, found: "no pinned channel at all")
        }
        let subdirs = [Subdir.noarch, try InstallCommand.machine]
        var reports = try await gate.withGate(console, policy: policy) { gate, _ in
            var reports: [ListingReport] = []
            for channel in channels {
                for subdir in subdirs {
                    let records = try await gate.listing(of: subject.name, in: subdir, of: channel)
                    let meant = (records ?? []).filter { subject.fits($0.record) }
                    guard !meant.isEmpty else { continue }
                    reports.append(ListingReport(channel: channel, subdir: subdir, records: meant))
                }
            }
            return reports
        }
        reports += try await observedReports(observed, subdirs)
        if reports.isEmpty {
            let places = "\(Counted(channels.count, "pinned channel")) asked"
            let others = observed.isEmpty ? "" : ", \(Counted(observed.count, "observed channel")) remembered"
            console.say("nothing of that name is listed for this machine (\(places)\(others))")
        }
        reports.forEach { $0.say(on: console) }
        if policy == nil, !observed.isEmpty {
            console.remark("judged by your own policy; a proxy may go by another one: `--policy FILE`")
        }
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        document["package"] = .string(subject.name.normalized)
        document["indexes"] = .array(reports.map { .object($0.json) })
        console.emit(document)
    }

    private var observed: ObservedListing {
        ObservedListing(
            ledgerDirectory: gate.locations.homeDirectory + "/observed",
            cacheDirectory: gate.locations.cacheDirectory
        )
    }

    private func observedReports(_ channels: [ChannelURL], _ subdirs: [Subdir]) async throws
        -> [ListingReport]
    {
        let store = UserPolicyStore(directory: gate.locations.homeDirectory)
        let rules = try policy.map { IndexPolicy($0) } ?? UserPublishers(from: store, recording: false).rules
        var reports: [ListingReport] = []
        for channel in channels {
            for subdir in subdirs {
                let index = try await observed.index(
                    of: subject.name,
                    in: subdir,
                    of: channel,
                    rules: rules,
                    now: SystemClock.now
                )
                guard let index else { continue }
                let meant = index.records.filter { subject.fits($0.record) }
                guard !meant.isEmpty else { continue }
                reports.append(
                    ListingReport(channel: channel, subdir: subdir, records: meant, observed: index.checked)
                )
            }
        }
        return reports
    }
}
