// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import CondaFormats
import TrustCore
import TrustPolicy

/// Which publishers the channel's owner demands of packages that were put into it, and what that means for
/// clients: for people and for programs.
struct ChannelDemandReport {
    private let demanded: [(entry: PublisherEntry, files: [ChannelFile])]
    /// Packages with attestations of which nobody demands any.
    private let undemanded: [ChannelFile]

    init(_ policy: PublisherPolicy?, on change: ChannelChange) {
        var demanded: [(entry: PublisherEntry, files: [ChannelFile])] = []
        var undemanded: [ChannelFile] = []
        for file in change.added {
            guard let entry = policy?.entry(for: file.fileName.name) else {
                if change.attested.contains(file) { undemanded.append(file) }
                continue
            }
            if let at = demanded.firstIndex(where: { $0.entry == entry }) {
                demanded[at].files.append(file)
            } else {
                demanded.append((entry, [file]))
            }
        }
        self.demanded = demanded
        self.undemanded = undemanded
    }

    func say(on console: Console) {
        for (entry, files) in demanded {
            let publishers = entry.publishers.map(\.description)
            let what = "`\(entry.pattern.description)` \(PolicyReport.demand(entry))"
            let names = Counted(files.count, "package")
            let isShort = publishers.count == 1 && entry.exemption == .none
            console.say("every client demands of \(names): \(what)\(isShort ? " \(publishers[0])" : ":")")
            if !isShort { publishers.forEach { console.say("  - \($0)") } }
        }
        guard !undemanded.isEmpty else { return }
        console.remark(
            """
            note: clients are shown the attestations of \(Counted(undemanded.count, "package")) and demand none; \
            say who may publish with `kingsnake channel publishers`
            """
        )
    }

    var json: JSONValue {
        .array(
            demanded.map { entry, files in
                var object = JSONObject()
                object["pattern"] = .string(entry.pattern.description)
                for member in entry.json.members { object[member.key] = member.value }
                object["files"] = .array(files.map { .string($0.description) })
                return .object(object)
            }
        )
    }
}
