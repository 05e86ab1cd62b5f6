{{ sandbox_calibration_grades('retail_banking') }}
