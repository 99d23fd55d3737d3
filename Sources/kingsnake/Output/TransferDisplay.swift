// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import Synchronization
import Transport
import TrustCore

/// Shows transfers as a progress bar, and keeps and shows what mirrors did wrong.
final class TransferDisplay: TransferObserver {
    private let console: Console
    private let bar: ProgressBar
    private let reports = Mutex<[MirrorReport]>([])

    init(_ console: Console) {
        self.console = console
        bar = ProgressBar(console)
    }

    /// What mirrors did wrong so far, each thing once.
    var mirrorReports: [MirrorReport] { reports.withLock { $0 } }

    /// The reports for `--json`.
    var json: JSONValue {
        .array(
            mirrorReports.map { report in
                var object = JSONObject()
                object["mirror"] = .string(report.mirror)
                object["kind"] = .string(report.kind.rawValue)
                object["resource"] = .string(report.resource)
                object["code"] = report.code.map { .string($0) }
                object["message"] = .string(report.message)
                object["expected"] = report.expected.map { .string($0) }
                object["found"] = report.found.map { .string($0) }
                return .object(object)
            }
        )
    }

    func began(_ transfer: Transfer) {
        let name = transfer.resource.split(separator: "/").last.map(String.init) ?? transfer.resource
        bar.expect(UInt64(transfer.expectedLength ?? 0), label: name)
    }

    func received(_ byteCount: Int, in transfer: Transfer) { bar.advance(UInt64(byteCount)) }

    func ended(_ transfer: Transfer, completely: Bool) {}

    func rejected(_ report: MirrorReport) {
        guard !Self.isExpected(report) else { return }
        let isNew = reports.withLock { reports in
            guard !reports.contains(where: { $0.description == report.description }) else { return false }
            reports.append(report)
            return true
        }
        // A mirror that is asked again and answers the same is no news.
        guard isNew else { return }
        bar.clear()
        if console.style == .text { console.warn("\(report)") }
    }

    /// Attestations by the name from before the standard are asked for where no index promises any: that there are
    /// none is no fault of the mirror.
    private static func isExpected(_ report: MirrorReport) -> Bool {
        let suffix = Sidecar.earlyFileName(of: "").utf8
        return report.kind == .unavailable && report.resource.utf8.suffix(suffix.count).elementsEqual(suffix)
    }

    /// Takes the progress bar away.
    func clear() { bar.clear() }
}
