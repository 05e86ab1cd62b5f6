{{ sandbox_calibration_grades('wealth_management') }}
