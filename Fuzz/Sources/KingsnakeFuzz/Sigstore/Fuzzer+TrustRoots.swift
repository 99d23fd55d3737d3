// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TrustCore

extension Fuzzer {
    /// A trust root and a signing configuration, each tried on the same bytes. The first eight bytes say when
    /// the services are selected.
    static let trustRoots = Fuzzer("trust-root") { bytes in
        let text = Array(bytes.dropFirst(8))
        if let root = try Finding.accepted({ try TrustedRoot(parsing: text) }) {
            Finding.unless(!root.transparencyLogs.isEmpty, "a root without logs")
            for log in root.transparencyLogs + root.certificateLogs {
                Finding.unless((4...32).contains(log.logID.count), "a log without a name")
                check(log.validFor)
            }
            for authority in root.certificateAuthorities + root.timestampAuthorities {
                Finding.unless(
                    (1...10).contains(authority.certificates.count),
                    "an authority without certificates"
                )
                check(authority.validFor)
            }
        }
        guard let config = try Finding.accepted({ try SigningConfig(parsing: text) }) else { return }
        let seconds = bytes.prefix(8).reduce(Int64(0)) { $0 << 8 | Int64($1) }
        let moment = Moment(Timestamp(seconds: seconds))
        let selections: [() throws -> [SigningConfig.Service]] = [
            { [try config.certificateAuthority(at: moment)] }, { [try config.identityProvider(at: moment)] },
            { try config.transparencyLogs(at: moment) }, { try config.timestampAuthorities(at: moment) },
        ]
        for select in selections {
            guard let services = try Finding.accepted(select) else { continue }
            let operators = Set(services.map { ByteKey($0.operatorName) })
            Finding.unlessEqual(operators.count, services.count, "how many operators there are")
            for service in services {
                Finding.unless(service.validFor.contains(moment), "a service that does not count")
            }
        }
    }

    /// A time that is read is written as the same time.
    private static func check(_ period: ValidityPeriod) {
        for moment in [period.start, period.end ?? period.start] {
            Finding.unless(Moment(moment.description) == moment, "a time that is written as another")
        }
    }
}
