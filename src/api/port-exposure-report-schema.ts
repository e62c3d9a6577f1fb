// Generated from crds/portlock.dev_portexposurereports.yaml by `npm run generate`. Do not edit.

/** The status of a report as the definition says it, to check what is read: any editor of reports may have written it. */
export const REPORT_STATUS_SCHEMA = {
 "type": "object",
 "properties": {
  "observedGeneration": {
   "type": "integer",
   "format": "int64",
   "minimum": 0,
   "maximum": 9007199254740991
  },
  "targetGeneration": {
   "type": "integer",
   "format": "int64",
   "minimum": 0,
   "maximum": 9007199254740991
  },
  "mode": {
   "type": "string",
   "enum": [
    "Audit",
    "Enforce",
    "Invalid"
   ]
  },
  "summary": {
   "type": "object",
   "properties": {
    "declared": {
     "type": "integer",
     "format": "int32",
     "minimum": 0,
     "maximum": 196605
    },
    "undeclaredReachable": {
     "type": "integer",
     "format": "int32",
     "minimum": 0,
     "maximum": 65535
    },
    "declaredUnreachable": {
     "type": "integer",
     "format": "int32",
     "minimum": 0,
     "maximum": 65535
    },
    "unverifiable": {
     "type": "integer",
     "format": "int32",
     "minimum": 0,
     "maximum": 196605
    }
   }
  },
  "ports": {
   "type": "array",
   "items": {
    "type": "object",
    "required": [
     "port",
     "protocol",
     "declared",
     "expected",
     "observed"
    ],
    "properties": {
     "port": {
      "type": "integer",
      "format": "int32",
      "minimum": 1,
      "maximum": 65535
     },
     "protocol": {
      "type": "string",
      "enum": [
       "TCP",
       "UDP",
       "SCTP"
      ]
     },
     "declared": {
      "type": "boolean"
     },
     "containers": {
      "type": "array",
      "items": {
       "type": "string"
      }
     },
     "expected": {
      "type": "string",
      "enum": [
       "Allowed",
       "Denied",
       "Unknown"
      ]
     },
     "observed": {
      "type": "string",
      "enum": [
       "Open",
       "Refused",
       "Filtered",
       "Unknown"
      ]
     },
     "finding": {
      "type": "string",
      "enum": [
       "UndeclaredReachable",
       "DeclaredUnreachable",
       "DeclaredNotListening",
       "DeclaredUnused",
       "Unverifiable"
      ]
     },
     "message": {
      "type": "string"
     },
     "pods": {
      "type": "integer",
      "format": "int32",
      "minimum": 0,
      "maximum": 2147483647
     },
     "families": {
      "type": "array",
      "items": {
       "type": "string",
       "enum": [
        "IPv4",
        "IPv6"
       ]
      }
     },
     "firstSeenTime": {
      "type": "string",
      "format": "date-time"
     },
     "lastSeenTime": {
      "type": "string",
      "format": "date-time"
     },
     "fromNode": {
      "type": "string"
     }
    }
   }
  },
  "portsOmitted": {
   "type": "integer",
   "format": "int32",
   "minimum": 0,
   "maximum": 196605
  },
  "policy": {
   "type": "object",
   "required": [
    "name",
    "state"
   ],
   "properties": {
    "name": {
     "type": "string"
    },
    "state": {
     "type": "string",
     "enum": [
      "Applied",
      "Proposed",
      "Held"
     ]
    },
    "manifest": {
     "type": "string"
    },
    "otherOwners": {
     "type": "array",
     "items": {
      "type": "string"
     }
    }
   }
  },
  "brake": {
   "type": "object",
   "required": [
    "state",
    "sinceTime"
   ],
   "properties": {
    "state": {
     "type": "string",
     "enum": [
      "Watching",
      "Engaged"
     ]
    },
    "sinceTime": {
     "type": "string",
     "format": "date-time"
    },
    "watchedUids": {
     "type": "array",
     "items": {
      "type": "string"
     }
    },
    "watchedAddresses": {
     "type": "array",
     "items": {
      "type": "string"
     }
    },
    "pods": {
     "type": "array",
     "items": {
      "type": "string"
     }
    },
    "templateHash": {
     "type": "string"
    }
   }
  },
  "beforePolicy": {
   "type": "object",
   "required": [
    "podsHash",
    "swept"
   ],
   "properties": {
    "openPorts": {
     "type": "array",
     "items": {
      "type": "integer",
      "format": "int32",
      "minimum": 1,
      "maximum": 65535
     }
    },
    "swept": {
     "type": "boolean"
    },
    "podsHash": {
     "type": "string"
    }
   }
  },
  "policies": {
   "type": "array",
   "items": {
    "type": "object",
    "required": [
     "group",
     "kind",
     "name",
     "effect"
    ],
    "properties": {
     "group": {
      "type": "string"
     },
     "kind": {
      "type": "string"
     },
     "name": {
      "type": "string"
     },
     "effect": {
      "type": "string",
      "enum": [
       "Managed",
       "Widens",
       "Restricts",
       "None",
       "Unknown"
      ]
     },
     "message": {
      "type": "string"
     }
    }
   }
  },
  "probe": {
   "type": "object",
   "properties": {
    "lastProbeTime": {
     "type": "string",
     "format": "date-time"
    },
    "fromPod": {
     "type": "string"
    },
    "fromNode": {
     "type": "string"
    },
    "sameNodePods": {
     "type": "integer",
     "format": "int32",
     "minimum": 0,
     "maximum": 2147483647
    },
    "policiesHash": {
     "type": "string"
    },
    "policiesSinceTime": {
     "type": "string",
     "format": "date-time"
    },
    "refusedPorts": {
     "type": "array",
     "items": {
      "type": "integer",
      "format": "int32",
      "minimum": 1,
      "maximum": 65535
     }
    },
    "refusedTemplates": {
     "type": "array",
     "items": {
      "type": "string"
     }
    },
    "calibration": {
     "type": "object",
     "required": [
      "state",
      "message"
     ],
     "properties": {
      "state": {
       "type": "string",
       "enum": [
        "Dropped",
        "Rejected",
        "NotEnforced",
        "Unknown"
       ]
      },
      "message": {
       "type": "string"
      },
      "fromNode": {
       "type": "string"
      },
      "toNode": {
       "type": "string"
      },
      "sinceTime": {
       "type": "string",
       "format": "date-time"
      }
     }
    },
    "pods": {
     "type": "integer",
     "format": "int32",
     "minimum": 0,
     "maximum": 2147483647
    },
    "ports": {
     "type": "integer",
     "format": "int32",
     "minimum": 0,
     "maximum": 65535
    },
    "sweeps": {
     "type": "array",
     "items": {
      "type": "object",
      "required": [
       "pod",
       "ip",
       "completionTime",
       "open",
       "refused",
       "filtered",
       "failed"
      ],
      "properties": {
       "pod": {
        "type": "string"
       },
       "ip": {
        "type": "string"
       },
       "node": {
        "type": "string"
       },
       "templateHash": {
        "type": "string"
       },
       "startTime": {
        "type": "string",
        "format": "date-time"
       },
       "completionTime": {
        "type": "string",
        "format": "date-time"
       },
       "open": {
        "type": "integer",
        "format": "int32",
        "minimum": 0,
        "maximum": 65535
       },
       "refused": {
        "type": "integer",
        "format": "int32",
        "minimum": 0,
        "maximum": 65535
       },
       "filtered": {
        "type": "integer",
        "format": "int32",
        "minimum": 0,
        "maximum": 65535
       },
       "failed": {
        "type": "integer",
        "format": "int32",
        "minimum": 0,
        "maximum": 65535
       }
      }
     }
    },
    "message": {
     "type": "string"
    }
   }
  },
  "secondProbe": {
   "type": "object",
   "properties": {
    "lastProbeTime": {
     "type": "string",
     "format": "date-time"
    },
    "fromPod": {
     "type": "string"
    },
    "fromNode": {
     "type": "string"
    },
    "sameNodePods": {
     "type": "integer",
     "format": "int32",
     "minimum": 0,
     "maximum": 2147483647
    },
    "policiesHash": {
     "type": "string"
    },
    "calibration": {
     "type": "object",
     "required": [
      "state",
      "message"
     ],
     "properties": {
      "state": {
       "type": "string",
       "enum": [
        "Dropped",
        "Rejected",
        "NotEnforced",
        "Unknown"
       ]
      },
      "message": {
       "type": "string"
      },
      "fromNode": {
       "type": "string"
      },
      "toNode": {
       "type": "string"
      },
      "sinceTime": {
       "type": "string",
       "format": "date-time"
      }
     }
    },
    "pods": {
     "type": "integer",
     "format": "int32",
     "minimum": 0,
     "maximum": 2147483647
    },
    "ports": {
     "type": "integer",
     "format": "int32",
     "minimum": 0,
     "maximum": 65535
    },
    "findings": {
     "type": "array",
     "items": {
      "type": "object",
      "required": [
       "port",
       "protocol",
       "finding",
       "expected",
       "observed"
      ],
      "properties": {
       "port": {
        "type": "integer",
        "format": "int32",
        "minimum": 1,
        "maximum": 65535
       },
       "protocol": {
        "type": "string",
        "enum": [
         "TCP",
         "UDP",
         "SCTP"
        ]
       },
       "finding": {
        "type": "string",
        "enum": [
         "UndeclaredReachable",
         "DeclaredUnreachable"
        ]
       },
       "expected": {
        "type": "string",
        "enum": [
         "Allowed",
         "Denied",
         "Unknown"
        ]
       },
       "observed": {
        "type": "string",
        "enum": [
         "Open",
         "Refused",
         "Filtered",
         "Unknown"
        ]
       },
       "message": {
        "type": "string"
       },
       "pods": {
        "type": "integer",
        "format": "int32",
        "minimum": 0,
        "maximum": 2147483647
       },
       "families": {
        "type": "array",
        "items": {
         "type": "string",
         "enum": [
          "IPv4",
          "IPv6"
         ]
        }
       },
       "firstSeenTime": {
        "type": "string",
        "format": "date-time"
       },
       "lastSeenTime": {
        "type": "string",
        "format": "date-time"
       }
      }
     }
    }
   }
  },
  "conditions": {
   "type": "array",
   "items": {
    "type": "object",
    "required": [
     "type",
     "status",
     "lastTransitionTime",
     "reason",
     "message"
    ],
    "properties": {
     "type": {
      "type": "string"
     },
     "status": {
      "type": "string",
      "enum": [
       "True",
       "False",
       "Unknown"
      ]
     },
     "observedGeneration": {
      "type": "integer",
      "format": "int64",
      "minimum": 0,
      "maximum": 9007199254740991
     },
     "lastTransitionTime": {
      "type": "string",
      "format": "date-time"
     },
     "reason": {
      "type": "string"
     },
     "message": {
      "type": "string"
     }
    }
   }
  }
 }
} as const;
