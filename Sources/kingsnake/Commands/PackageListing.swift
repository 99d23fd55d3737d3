// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Gatekeeper
import TrustCore
import TrustPolicy

/// Explains a package by its name: which files the pinned channels list for this machine, and which of them the user's
/// rules hide.
struct PackageListing {
    let subject: Subject
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

    /// Asks every pinned channel, and says what is found.
    func explain() async throws {
        let channels = try gate.trustStore.channels().map(\.url)
        guard !channels.isEmpty else {
            throw Refusal(GateCode.notTrusted, subject.name.raw, found: "no pinned channel at all")
        }
        let subdirs = [Subdir.noarch, try InstallCommand.machine]
        let reports = try await gate.withGate(console) { gate, _ in
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
        if reports.isEmpty {
            let places = Counted(channels.count, "pinned channel")
            console.say("nothing of that name is listed for this machine (\(places) asked)")
        }
        reports.forEach { $0.say(on: console) }
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        document["package"] = .string(subject.name.normalized)
        document["indexes"] = .array(reports.map { .object($0.json) })
        console.emit(document)
    }
}
